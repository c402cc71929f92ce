import SensorKit
import SensorTestSupport
import Testing

@Suite("DS18B20 through the kernel, sensors contract 3")
struct DS18B20Tests {
    private let files = FakeSysfs()
    private let folder = "/sys/bus/w1/devices/28-0316a2794ef3"

    private static func slave(_ hex: String, isGood: Bool = true, milli: Int = 0) -> String {
        let crc = hex.suffix(2)
        return "\(hex) : crc=\(crc) \(isGood ? "YES" : "NO")\n\(hex) t=\(milli)\n"
    }

    private func collect(_ sensor: inout DS18B20) throws(SensorFault) -> ChannelReading {
        #expect(try sensor.start() == .zero)
        return try sensor.collect()[0]
    }

    @Test(
        "the contract's scratchpads",
        arguments: [("72 01 4b 46 7f ff 0e 10 57", 23.125), ("5e ff 4b 46 7f ff 02 10 b6", -10.125)]
    )
    func scratchpads(hex: String, expected: Double) throws {
        let reading = try DS18B20.reading(fromSlave: Array(Self.slave(hex).utf8))
        #expect(reading.outcome == .good(expected))
    }

    @Test("85 °C is refused with the power-on mark and taken without it; so is 127.94 °C out of range anyway")
    func powerOn() throws {
        let fault = #expect(throws: SensorFault.self) {
            try DS18B20.reading(fromSlave: Array(Self.slave("50 05 4b 46 7f ff 0c 10 1c").utf8))
        }
        #expect(fault?.reason == .notReady)
        var hot: [UInt8] = [0x50, 0x05, 0x4B, 0x46, 0x7F, 0xFF, 0x10, 0x10]
        hot.append(WireCRC.oneWire(of: hot))
        #expect(try DS18B20.reading(fromScratchpad: hot).outcome == .good(85))
        var weak: [UInt8] = [0xFF, 0x07, 0x4B, 0x46, 0x7F, 0xFF, 0x0C, 0x10]
        weak.append(WireCRC.oneWire(of: weak))
        let weakFault = #expect(throws: SensorFault.self) { try DS18B20.reading(fromScratchpad: weak) }
        #expect(weakFault?.reason == .notReady)
    }

    @Test(
        "without the scratchpad 85 and 127.937 °C need a neighbour within 5 °C, on both sides",
        arguments: [
            (85_000, nil, false), (85_000, 80, true), (85_000, 79.9, false), (85_000, 90, true), (85_000, 90.1, false),
            (84_938, nil, true), (127_937, nil, false), (23_125, nil, true),
        ] as [(Int, Double?, Bool)]
    )
    func milli(milli: Int, lastGood: Double?, isGood: Bool) {
        let reading = try? DS18B20.reading(fromMilli: Double(milli), lastGood: lastGood)
        #expect((reading?.value != nil) == isGood)
    }

    @Test(
        "broken lines give no number",
        arguments: [
            ("00 00 00 00 00 00 00 00 00", SensorFault.Reason.outOfRange), ("ff ff ff ff ff ff ff ff ff", .crc),
            ("72 01 4b 46 7f ff 0e 10 58", .crc), ("72 01 4b 46", .parse), ("zz 01 4b 46 7f ff 0e 10 57", .parse),
            ("", .parse),
        ]
    )
    func broken(hex: String, reason: SensorFault.Reason) {
        let fault = #expect(throws: SensorFault.self) {
            try DS18B20.reading(fromSlave: Array(Self.slave(hex).utf8))
        }
        #expect(fault?.reason == reason)
        let refused = #expect(throws: SensorFault.self) {
            try DS18B20.reading(fromSlave: Array(Self.slave("72 01 4b 46 7f ff 0e 10 57", isGood: false).utf8))
        }
        #expect(refused?.reason == .crc)
        #expect((try? DS18B20.reading(fromSlave: [])) == nil)
    }

    @Test(
        "−55 and −127 °C are what a broken line gives",
        arguments: [(-55_000, false), (-54_938, true), (-127_000, false), (125_000, true), (125_063, false)]
    )
    func range(milli: Int, isGood: Bool) throws {
        let reading = try DS18B20.reading(fromMilli: Double(milli), lastGood: nil)
        #expect((reading.value != nil) == isGood)
    }

    @Test(
        "below 12 bits of resolution the undefined bits are dropped",
        arguments: [(0x7F, 23.4375), (0x5F, 23.375), (0x3F, 23.25), (0x1F, 23)] as [(UInt8, Double)]
    )
    func resolution(configuration: UInt8, expected: Double) throws {
        var bytes: [UInt8] = [0x77, 0x01, 0x4B, 0x46, configuration, 0xFF, 0x0E, 0x10]
        bytes.append(WireCRC.oneWire(of: bytes))
        #expect(try DS18B20.reading(fromScratchpad: bytes).outcome == .good(expected))
    }

    @Test("the only one is found; of two one has to be named, and one that is not there names those that are")
    func finding() throws {
        self.files.files = ["\(self.folder)/w1_slave": Self.slave("72 01 4b 46 7f ff 0e 10 57")]
        var sensor = DS18B20(device: nil, files: self.files)
        try sensor.prepare()
        #expect(try self.collect(&sensor).value == 23.125)
        let other = "/sys/bus/w1/devices/28-000000000001"
        self.files.files["\(other)/w1_slave"] = Self.slave("5e ff 4b 46 7f ff 02 10 b6")
        let ambiguous = #expect(throws: SensorFault.self) { try sensor.prepare() }
        #expect(ambiguous?.reason == .adapterGone && ambiguous?.detail.contains("set 'device'") == true)
        var named = DS18B20(device: "28-000000000001", files: self.files)
        try named.prepare()
        #expect(try self.collect(&named).value == -10.125)
        var missing = DS18B20(device: "28-000000000002", files: self.files)
        let fault = #expect(throws: SensorFault.self) { try missing.prepare() }
        #expect(fault?.detail.contains("found: 28-000000000001, 28-0316a2794ef3") == true)
    }

    @Test("the driver is asked for its own check of the power-on value once, and does not have to allow it")
    func features() throws {
        self.files.files = [
            "\(self.folder)/w1_slave": Self.slave("72 01 4b 46 7f ff 0e 10 57"), "\(self.folder)/features": "2\n",
        ]
        var sensor = DS18B20(device: nil, files: self.files)
        try sensor.prepare()
        try sensor.prepare()
        #expect(self.files.writes == ["\(self.folder)/features"])
        #expect(self.files.files["\(self.folder)/features"] == "3\n")
        self.files.faults = ["\(self.folder)/features": .permission]
        try sensor.prepare()
        #expect(try self.collect(&sensor).value == 23.125)
        self.files.faults = [:]
        self.files.files["\(self.folder)/features"] = String(repeating: "9", count: 60)
        try sensor.prepare()
    }

    @Test("without w1_slave the temperature file is read, and a power-on value after a good one is refused")
    func temperatureFile() throws {
        self.files.files = ["\(self.folder)/temperature": "23125\n"]
        var sensor = DS18B20(device: nil, files: self.files)
        try sensor.prepare()
        #expect(try self.collect(&sensor).value == 23.125)
        self.files.files["\(self.folder)/temperature"] = "85000\n"
        let fault = #expect(throws: SensorFault.self) { try self.collect(&sensor) }
        #expect(fault?.reason == .notReady)
        self.files.files["\(self.folder)/temperature"] = "\n"
        let empty = #expect(throws: SensorFault.self) { try self.collect(&sensor) }
        #expect(empty?.reason == .noReply)
    }

    @Test("no text at all makes it trap")
    func fuzz() {
        let seed: UInt64 = 0x3138_4232
        var random = SplitMix64(seed: seed)
        let good = Array(Self.slave("72 01 4b 46 7f ff 0e 10 57").utf8)
        for _ in 0..<20_000 {
            var text = good
            for _ in 0..<Int.random(in: 0...4, using: &random) where !text.isEmpty {
                let index = Int.random(in: 0..<text.count, using: &random)
                if Bool.random(using: &random) {
                    text[index] = UInt8.random(in: 0...255, using: &random)
                } else {
                    text.remove(at: index)
                }
            }
            guard let value = (try? DS18B20.reading(fromSlave: text))?.value else { continue }
            if !(-55...125).contains(value) { Issue.record("seed \(seed): \(text)") }
        }
    }
}
