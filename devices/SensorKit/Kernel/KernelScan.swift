/// Looks for sensors that kernel drivers already read: hwmon, iio and 1-Wire.
package enum KernelScan {
    package struct Finding: Equatable, Sendable {
        /// Its folder.
        package var path: String
        /// The driver's name, or the 1-Wire serial number.
        package var name: String
        package var quantities: [Quantity]
        /// The line of the configuration that would read it.
        package var configuration: String
    }

    /// Everything the kernel shows that has a temperature, humidity, pressure or carbon dioxide channel.
    package static func findings(in files: any SysfsFiles) -> [Finding] {
        self.findings(of: .hwmon, in: files) + self.findings(of: .iio, in: files) + self.oneWire(in: files)
    }

    /// The driver that owns an address of an adapter such as `/dev/i2c-1`; `nil` when that cannot be told.
    package static func driver(at address: UInt8, of adapter: String, in files: any SysfsFiles) -> String? {
        guard let number = adapter.split(separator: "-").last, number.allSatisfy(\.isNumber) else { return nil }
        let hex = String(address, radix: 16)
        let padding = String(repeating: "0", count: 4 - hex.utf8.count)
        return SysfsLocation.name(at: "/sys/bus/i2c/devices/\(number)-\(padding)\(hex)", files: files)
    }

    private static func findings(of subsystem: SysfsSubsystem, in files: any SysfsFiles) -> [Finding] {
        var findings: [Finding] = []
        let entries = files.list(subsystem.folder).filter { $0.hasPrefix(subsystem.entryPrefix) }
        let names = entries.map { SysfsLocation.name(at: "\(subsystem.folder)/\($0)", files: files) }
        for (entry, name) in zip(entries, names) {
            let path = "\(subsystem.folder)/\(entry)"
            let quantities = SysfsAttribute.defaults(in: subsystem)
                .filter { $0.isPresent(in: path, files: files) }.map(\.quantity)
            guard let name, !quantities.isEmpty else { continue }
            let base = KernelDriver.base(of: name)
            let isShared = names.count { $0.map(KernelDriver.base(of:)) == base } > 1
            let device = isShared ? subsystem.deviceName(of: path, files: files).map { ", device: \($0)" } ?? "" : ""
            let type = subsystem == .iio && base == DHT22.driver ? "dht22" : subsystem.rawValue
            let driver = type == "dht22" ? "" : ", driver: \(base)"
            findings.append(
                Finding(
                    path: path,
                    name: name,
                    quantities: quantities,
                    configuration: "- {type: \(type)\(driver)\(device)}"
                )
            )
        }
        return findings
    }

    private static func oneWire(in files: any SysfsFiles) -> [Finding] {
        files.list(DS18B20.folder).filter { $0.hasPrefix(DS18B20.family) }
            .map { serial in
                Finding(
                    path: "\(DS18B20.folder)/\(serial)",
                    name: serial,
                    quantities: [.temperature],
                    configuration: "- {type: ds18b20, device: \(serial)}"
                )
            }
    }
}
