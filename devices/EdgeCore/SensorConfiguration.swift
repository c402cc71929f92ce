package import SensorKit

/// One sensor of the configuration's list.
package struct SensorConfiguration: Equatable, Sendable {
    package enum Source: Equatable, Sendable {
        /// A chip of ``ChipCatalog`` at an address of an adapter such as `/dev/i2c-1`.
        case i2c(chip: String, adapter: String, address: UInt8)
        case sysfs(SysfsSubsystem, SysfsLocation, inputs: [SysfsAttribute])
        /// A DS18B20 by its serial number, or the only one there is.
        case oneWire(device: String?)
        /// A DHT22 through the kernel's driver.
        case dht22(SysfsLocation)
        /// Registers of a unit on a Modbus line.
        case modbus(SerialLine, unit: UInt8, ModbusMap)
        /// Lines of text, sent by themselves or when asked.
        case lines(SerialLine, LineFormat, LineConversation)
        case simulated(seed: UInt64)
    }

    /// Its name in logs and in `check`.
    package var name: String
    package var source: Source
    package var intervalMilliseconds: Int
    /// The published name of each quantity it can measure.
    package var channels: [Quantity: String]
    /// What is done to the channels that have rules of their own.
    package var rules: [Quantity: ChannelRule]

    package init(
        name: String,
        source: Source,
        intervalMilliseconds: Int,
        channels: [Quantity: String],
        rules: [Quantity: ChannelRule] = [:]
    ) {
        self.name = name
        self.source = source
        self.intervalMilliseconds = intervalMilliseconds
        self.channels = channels
        self.rules = rules
    }

    /// The rule of a channel.
    package func rule(of quantity: Quantity) -> ChannelRule {
        self.rules[quantity] ?? ChannelRule()
    }

    /// The intervals it can have, milliseconds.
    package var intervals: ClosedRange<Int> {
        let type: String
        switch self.source {
        case .i2c(let chip, _, _): type = chip
        case .oneWire: type = "ds18b20"
        case .dht22: type = "dht22"
        case .sysfs, .modbus, .lines, .simulated: return Self.intervalRange
        }
        return Self.intervalMinMilliseconds(of: type)...Self.intervalRange.upperBound
    }

    /// Its name as a key of the twin, where `.`, `$` and blanks cannot be (twins contract section 5): they become `_`.
    package var twinKey: String {
        String(self.name.map { $0 == "." || $0 == "$" || $0 == " " ? "_" : $0 })
    }

    /// Sensors with equal keys share a worker: what can block one of them can only block the others of its bus.
    package var busKey: String {
        switch self.source {
        case .i2c(_, let adapter, _): "i2c \(adapter)"
        case .sysfs(let subsystem, let location, _): "\(subsystem.rawValue) \(location)"
        case .oneWire: "w1"
        case .dht22(let location): "dht22 \(location)"
        case .modbus(let line, _, _), .lines(let line, _, _): "serial \(line.port)"
        case .simulated: "simulated"
        }
    }

    /// Whether both would be the same chip.
    package func isSamePlace(as other: SensorConfiguration) -> Bool {
        switch (self.source, other.source) {
        case (.i2c(_, let adapter, let address), .i2c(_, let otherAdapter, let otherAddress)):
            adapter == otherAdapter && address == otherAddress
        case (.oneWire(let device), .oneWire(let otherDevice)): device == otherDevice
        case (.dht22(let location), .dht22(let otherLocation)): location == otherLocation
        default: false
        }
    }

    /// What it is and where, in few words.
    package var place: String {
        switch self.source {
        case .i2c(let chip, let adapter, let address): "\(chip) on \(adapter) at 0x\(String(address, radix: 16))"
        case .sysfs(let subsystem, .named(let name, let device), _):
            "\(subsystem.rawValue) '\(name)'\(device.map { " on \($0)" } ?? "")"
        case .sysfs(let subsystem, .folder(let path), _): "\(subsystem.rawValue) \(path)"
        case .oneWire(let device): device.map { "DS18B20 \($0)" } ?? "DS18B20"
        case .dht22(.named(let name, let device)): "DHT22, iio '\(name)'\(device.map { " on \($0)" } ?? "")"
        case .dht22(.folder(let path)): "DHT22, iio \(path)"
        case .modbus(let line, let unit, _): "Modbus unit \(unit) on \(line.port)"
        case .lines(let line, let format, _): "\(format.name) on \(line.port)"
        case .simulated: "simulated"
        }
    }
}
