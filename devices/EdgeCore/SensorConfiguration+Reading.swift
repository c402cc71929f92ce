import SensorKit

extension SensorConfiguration {
    /// Sensors per agent, and so threads and memory.
    package static let countMax = 64
    /// 100 ms to a day; faster heats the chips, and their noise is not news.
    package static let intervalRange = 100...86_400_000

    private static let builtInTypes = ["ds18b20", "dht22", "hwmon", "iio", "simulated"] + SerialSource.types

    /// Reads the list and checks it as a whole: no name twice, no channel name twice.
    static func list(
        _ nodes: [YAMLNode],
        intervalMilliseconds: Int,
        faults: MappingReader.Faults
    ) -> [SensorConfiguration] {
        var sensors: [SensorConfiguration] = []
        var channelOwners: [String: String] = [:]
        for (index, node) in nodes.enumerated() {
            let path = "sensors[\(index)]"
            var reader = MappingReader(node, path: path, faults: faults)
            let sensor = self.sensor(&reader, index: index, intervalMilliseconds: intervalMilliseconds)
            reader.finish()
            guard let sensor else { continue }
            if sensors.contains(where: { $0.name == sensor.name }) {
                reader.fault("name", "is '\(sensor.name)', which another sensor has; give each sensor its own name")
            } else if let other = sensors.first(where: { $0.twinKey == sensor.twinKey }) {
                reader.fault("name", "is '\(sensor.name)', which in the twin is the same as '\(other.name)'")
            }
            if let other = sensors.first(where: { $0.isSamePlace(as: sensor) }) {
                reader.fault("type", "is at the place of sensor '\(other.name)', \(other.place); list each sensor once")
            }
            for channel in sensor.channels.values.sorted() {
                if let owner = channelOwners.updateValue(sensor.name, forKey: channel) {
                    reader.fault(
                        "channels",
                        "has the channel '\(channel)', which sensor '\(owner)' has; set 'prefix' or 'channels'"
                    )
                }
            }
            if let fault = sensor.conflict(with: sensors) { reader.fault("port", fault) }
            sensors.append(sensor)
        }
        return sensors
    }

    private static func sensor(
        _ reader: inout MappingReader,
        index: Int,
        intervalMilliseconds: Int
    ) -> SensorConfiguration? {
        let types = ChipCatalog.entries.map(\.name).sorted() + self.builtInTypes
        let type = reader.text("type", lengthMax: 64)
        let name = reader.text("name", lengthMax: 64) ?? type ?? "sensor\(index)"
        let intervalMin = type.map { self.intervalMinMilliseconds(of: $0) } ?? self.intervalRange.lowerBound
        let interval = reader.integer(
            "intervalMilliseconds",
            default: max(intervalMilliseconds, intervalMin),
            in: intervalMin...self.intervalRange.upperBound,
            unit: "(milliseconds)"
        )
        let source: Source?
        let quantities: [Quantity]
        switch type {
        case "simulated":
            source = .simulated(seed: UInt64(reader.integer("seed", default: index + 1, in: 0...Int.max)))
            quantities = [.temperature, .humidity]
        case "hwmon":
            (source, quantities) = self.sysfs(.hwmon, &reader)
        case "iio":
            (source, quantities) = self.sysfs(.iio, &reader)
        case "ds18b20":
            source = self.oneWire(&reader)
            quantities = [.temperature]
        case "dht22":
            source = self.dht22(&reader)
            quantities = [.temperature, .humidity]
        case .some(let text) where SerialSource.types.contains(text):
            (source, quantities) = SerialSource.read(text, &reader)
        case .some(let text):
            guard let chip = ChipCatalog.entry(named: text) else {
                reader.fault("type", "is '\(text)'; expected one of \(types.joined(separator: ", "))")
                return nil
            }
            source = self.i2c(chip, &reader)
            quantities = chip.quantities
        case nil:
            reader.fault("type", "is missing; expected one of \(types.joined(separator: ", "))")
            return nil
        }
        let (channels, rules) = self.channels(
            &reader,
            quantities: quantities + self.computed(&reader, from: quantities)
        )
        guard let source else { return nil }
        return SensorConfiguration(
            name: name,
            source: source,
            intervalMilliseconds: interval,
            channels: channels,
            rules: rules
        )
    }

    /// The shortest interval at which a type of sensor gives fresh and true values, milliseconds.
    package static func intervalMinMilliseconds(of type: String) -> Int {
        switch type {
        case "ds18b20": 1_000  // it converts for 750 ms
        case "dht22": DHT22.intervalMinMilliseconds
        default: ChipCatalog.entry(named: type)?.intervalMinMilliseconds ?? self.intervalRange.lowerBound
        }
    }

    private static func i2c(_ chip: ChipCatalog.Entry, _ reader: inout MappingReader) -> Source? {
        let adapter = reader.text("bus", lengthMax: 256)
        let fallback = Int(chip.addresses[0])
        let address = reader.integer("address", default: fallback, in: 0x08...0x77, unit: "(0x08 to 0x77)")
        guard chip.addresses.contains(where: { Int($0) == address }) else {
            let list = chip.addresses.map { "0x\(String($0, radix: 16))" }.joined(separator: ", ")
            reader.fault("address", "is 0x\(String(address, radix: 16)); a \(chip.name) can be at \(list)")
            return nil
        }
        guard let adapter else {
            reader.fault("bus", "is missing; expected an adapter such as /dev/i2c-1")
            return nil
        }
        return .i2c(chip: chip.name, adapter: adapter, address: UInt8(address))
    }

    private static func oneWire(_ reader: inout MappingReader) -> Source {
        let device = reader.text("device", lengthMax: 64)
        let digits = Array((device ?? "28-000000000000").utf8)
        let isSerial =
            digits.count == 15 && digits.starts(with: "28-".utf8)
            && digits.dropFirst(3).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        if !isSerial {
            reader.fault("device", "is '\(device ?? "")'; expected 28- and twelve digits or letters a to f")
        }
        return .oneWire(device: device)
    }

    private static func dht22(_ reader: inout MappingReader) -> Source? {
        let driver = reader.text("driver", lengthMax: 64)
        let device = reader.text("device", lengthMax: 64)
        let path = reader.text("path")
        guard let path else { return .dht22(.named(driver ?? DHT22.driver, device: device)) }
        guard driver == nil, device == nil else {
            reader.fault("path", "excludes 'driver' and 'device': expected the folder alone, or none")
            return nil
        }
        return .dht22(.folder(path))
    }

    private static func sysfs(_ subsystem: SysfsSubsystem, _ reader: inout MappingReader) -> (Source?, [Quantity]) {
        let driver = reader.text("driver", lengthMax: 64)
        let device = reader.text("device", lengthMax: 64)
        let path = reader.text("path")
        var section = reader.section("inputs")
        var inputs: [SysfsAttribute] = []
        let usual = SysfsAttribute.defaults(in: subsystem)
        for quantity in usual.map(\.quantity) {
            guard let base = section.text(quantity.rawValue, lengthMax: 64) else { continue }
            if base.contains("/") { section.fault(quantity.rawValue, "is '\(base)'; expected a name such as temp2") }
            inputs.append(SysfsAttribute(quantity, base: base))
        }
        section.finish()
        let quantities = inputs.isEmpty ? usual.map(\.quantity) : inputs.map(\.quantity)
        switch (driver, path) {
        case (let driver?, nil): return (.sysfs(subsystem, .named(driver, device: device), inputs: inputs), quantities)
        case (nil, let path?): return (.sysfs(subsystem, .folder(path), inputs: inputs), quantities)
        case (nil, nil), (.some, .some):
            reader.fault("driver", "or 'path': expected exactly one of them, the driver's name or its folder")
            return (nil, quantities)
        }
    }
}
