/// Dallas/Maxim DS18B20 on a 1-Wire bus of the kernel: temperature, −55…125 °C.
///
/// Found by its serial number, such as `28-0316a2794ef3`, or as the only one of its family. It converts while it is read,
/// which takes up to 750 ms. After a loss of power it says 85 °C until it has measured; that is no temperature.
/// Source: DS18B20 data sheet (19-7487), Documentation/w1/slaves/w1_therm.rst.
package struct DS18B20: SensorDriver {
    static let folder = "/sys/bus/w1/devices"
    static let family = "28-"
    /// Without the scratchpad a power-on value is told from a true one by what was measured before, °C.
    private static let neighbourhood = 5.0
    /// 85 °C, and 127.94 °C where the supply is too weak to convert.
    private static let powerOnValues: [Double] = [85, 127.937]

    /// Serial number; `nil`: the only one there is.
    private let device: String?
    private let files: any SysfsFiles
    private var path = ""
    private var lastGood: Double?

    package init(device: String?, files: any SysfsFiles) {
        self.device = device
        self.files = files
    }

    package mutating func prepare() throws(SensorFault) {
        let present = self.files.list(Self.folder).filter { $0.hasPrefix(Self.family) }
        let list = present.isEmpty ? "none" : present.joined(separator: ", ")
        if let device = self.device {
            guard present.contains(device) else {
                throw SensorFault(.adapterGone, "there is no \(device) in \(Self.folder); found: \(list)")
            }
            self.path = "\(Self.folder)/\(device)"
        } else {
            guard present.count == 1 else {
                let advice = present.isEmpty ? "is the w1 bus switched on?" : "set 'device'"
                throw SensorFault(.adapterGone, "expected one DS18B20 in \(Self.folder), found: \(list); \(advice)")
            }
            self.path = "\(Self.folder)/\(present[0])"
        }
        self.askForPowerOnCheck()
    }

    package mutating func start() throws(SensorFault) -> Duration {
        .zero  // the driver converts while it is read
    }

    package mutating func collect() throws(SensorFault) -> [ChannelReading] {
        let reading: ChannelReading
        let slave = "\(self.path)/w1_slave"
        if self.files.exists(slave) {
            reading = try Self.reading(fromSlave: try self.files.read(slave))
        } else {
            let file = "\(self.path)/temperature"
            let milli = try SysfsNumber.parse(try self.files.read(file), from: file)
            reading = try Self.reading(fromMilli: milli, lastGood: self.lastGood)
        }
        if let value = reading.value { self.lastGood = value }
        return [reading]
    }

    /// Reads the driver's two lines: the scratchpad with its checksum, twice.
    ///
    /// ```
    /// 72 01 4b 46 7f ff 0e 10 57 : crc=57 YES
    /// 72 01 4b 46 7f ff 0e 10 57 t=23125
    /// ```
    package static func reading(fromSlave text: [UInt8]) throws(SensorFault) -> ChannelReading {
        let lines = text.split(separator: 0x0A)
        guard lines.count >= 2 else { throw SensorFault(.noReply, "the sensor does not answer the kernel's driver") }
        let words = lines[0].split(separator: 0x20)
        guard words.last.map({ $0.elementsEqual("YES".utf8) }) == true else {
            throw SensorFault(.crc, "wrong checksum on the 1-Wire bus; often a long cable or a weak pull-up")
        }
        let bytes = words.prefix(9).compactMap { word in
            word.count == 2 ? UInt8(String(decoding: word, as: UTF8.self), radix: 16) : nil
        }
        guard bytes.count == 9 else { throw SensorFault(.parse, "the kernel's driver did not print a scratchpad") }
        return try Self.reading(fromScratchpad: bytes)
    }

    /// Converts the nine bytes of a scratchpad, the last of them its checksum.
    package static func reading(fromScratchpad bytes: [UInt8]) throws(SensorFault) -> ChannelReading {
        guard bytes.count == 9, WireCRC.oneWire(of: bytes[..<8]) == bytes[8] else {
            throw SensorFault(.crc, "wrong checksum on the 1-Wire bus; often a long cable or a weak pull-up")
        }
        guard bytes.contains(where: { $0 != 0 }) else {
            throw SensorFault(.outOfRange, "the answer is all zeros: the data line is held low")
        }
        // Below 12 bits of resolution the lowest bits mean nothing.
        let undefined = UInt16(3 - bytes[4] >> 5 & 3)
        let word = (UInt16(bytes[1]) << 8 | UInt16(bytes[0])) & ~((1 << undefined) - 1)
        let value = Double(Int16(bitPattern: word)) / 16
        if bytes[6] == 0x0C, word == 0x0550 || word == 0x07FF {
            throw SensorFault(.notReady, "85 °C is what the chip says after a loss of power, before it has measured")
        }
        return Self.checked(value)
    }

    /// Judges a temperature without its scratchpad, milli °C.
    package static func reading(fromMilli milli: Double, lastGood: Double?) throws(SensorFault) -> ChannelReading {
        let value = milli / 1_000
        if Self.powerOnValues.contains(value), lastGood.map({ abs($0 - value) > Self.neighbourhood }) ?? true {
            throw SensorFault(.notReady, "\(value) °C is what the chip says before it has measured")
        }
        return Self.checked(value)
    }

    /// −55 °C itself is what a broken line gives.
    private static func checked(_ value: Double) -> ChannelReading {
        value == -55 ? ChannelReading(.temperature, .bad(.outOfRange)) : .checked(.temperature, value, in: -55...125)
    }

    /// Lets the driver itself refuse the power-on value, where it can. Only root may; without it the checks here remain.
    private func askForPowerOnCheck() {
        let file = "\(self.path)/features"
        guard self.files.exists(file) else { return }
        do throws(SensorFault) {
            let features = UInt8(exactly: try SysfsNumber.parse(try self.files.read(file), from: file))
            guard let features, features & 1 == 0 else { return }
            try self.files.write(Array("\(features | 1)\n".utf8), to: file)
        } catch {
            // It only saves a conversion: what the driver lets pass is refused above.
        }
    }
}
