/// One channel of a kernel driver: which files hold it and how their text becomes a value.
///
/// Source: Documentation/hwmon/sysfs-interface.rst; Documentation/ABI/testing/sysfs-bus-iio.
package struct SysfsAttribute: Equatable, Sendable {
    package var quantity: Quantity
    /// File name without `_input`, `_raw`: `temp1`, `in_temp`.
    package var base: String

    package init(_ quantity: Quantity, base: String) {
        self.quantity = quantity
        self.base = base
    }

    /// What is looked for when the configuration does not name inputs.
    package static func defaults(in subsystem: SysfsSubsystem) -> [SysfsAttribute] {
        switch subsystem {
        case .hwmon: [SysfsAttribute(.temperature, base: "temp1"), SysfsAttribute(.humidity, base: "humidity1")]
        case .iio:
            [
                SysfsAttribute(.temperature, base: "in_temp"),
                SysfsAttribute(.humidity, base: "in_humidityrelative"),
                SysfsAttribute(.pressure, base: "in_pressure"),
                SysfsAttribute(.carbonDioxide, base: "in_concentration_co2"),
            ]
        }
    }

    func isPresent(in folder: String, files: any SysfsFiles) -> Bool {
        files.exists("\(folder)/\(self.base)_input") || files.exists("\(folder)/\(self.base)_raw")
    }

    /// Reads the channel now; blocks for the driver's conversion. The raw bits are the number as the driver wrote it.
    package func read(
        in folder: String,
        files: any SysfsFiles,
        driver: KernelDriver? = nil
    ) throws(SensorFault) -> ChannelReading {
        let value: Double
        let written: Double
        if files.exists("\(folder)/\(self.base)_input") {
            value = try self.number("_input", in: folder, files: files)
            written = value
        } else {
            let raw = try self.number("_raw", in: folder, files: files)
            let hasOffset = files.exists("\(folder)/\(self.base)_offset")
            let offset = hasOffset ? try self.number("_offset", in: folder, files: files) : 0
            let hasScale = files.exists("\(folder)/\(self.base)_scale")
            let scale = hasScale ? try self.number("_scale", in: folder, files: files) : 1
            value = (raw + offset) * scale
            written = raw
        }
        let range = KernelDriver.range(of: self.quantity, driver: driver)
        let bits = written.bitPattern
        let raw = UInt32(truncatingIfNeeded: bits ^ bits >> 32)
        return .checked(self.quantity, self.inUnit(value), in: range, raw: driver?.flickers == true ? raw : nil)
    }

    /// Kernel units to ours: milli °C → °C, milli %RH → %RH, kPa → hPa, percent → ppm.
    func inUnit(_ value: Double) -> Double {
        switch self.quantity {
        case .temperature, .humidity, .dewPoint: value / 1_000
        case .pressure: value * 10
        case .carbonDioxide: value * 10_000
        }
    }

    private func number(_ suffix: String, in folder: String, files: any SysfsFiles) throws(SensorFault) -> Double {
        let path = "\(folder)/\(self.base)\(suffix)"
        return try SysfsNumber.parse(try files.read(path), from: path)
    }
}
