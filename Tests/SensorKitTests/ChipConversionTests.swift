import SensorKit
import SensorTestSupport
import Testing

@Suite("conversions of the chips, every byte example of sensors contract 2")
struct ChipConversionTests {
    /// An example: what was on the wire, and what it means. No value: bad.
    struct Example: Sendable, CustomTestStringConvertible {
        var chip: String
        var bytes: [UInt8]
        var values: [Double?]
        var testDescription: String { "\(self.chip) \(self.bytes)" }

        init(_ chip: String, _ bytes: [UInt8], _ values: Double?...) {
            self.chip = chip
            self.bytes = bytes
            self.values = values
        }
    }

    private static func readings(_ chip: String, _ bytes: [UInt8]) throws(SensorFault) -> [ChannelReading] {
        switch chip {
        case "sht3x": try SHT3x.readings(from: bytes)
        case "sht4x": try SHT4x.readings(from: bytes)
        case "shtc3": try SHTC3.readings(from: bytes)
        case "aht20": try AHT20.readings(from: bytes)
        case "htu21d": try HTU21D.readings(temperature: Array(bytes.prefix(3)), humidity: Array(bytes.dropFirst(3)))
        case "si7021": try Si7021.readings(temperature: Array(bytes.prefix(3)), humidity: Array(bytes.dropFirst(3)))
        case "hdc1080": try HDC1080.readings(from: bytes)
        case "hdc302x": try HDC302x.readings(from: bytes)
        case "scd4x": try SCD4x.readings(from: bytes)
        case "mcp9808": MCP9808.readings(from: UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
        case "tmp117": try TMP117.readings(from: UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
        default: preconditionFailure("no conversion for \(chip)")
        }
    }

    @Test(
        "bytes give the contract's values, to its last digit",
        arguments: [
            Example("sht3x", [0x66, 0x66, 0x93, 0x80, 0x00, 0xA2], 25, 50.0008),
            Example("sht3x", [0x3A, 0x41, 0xD1, 0xC8, 0xF6, 0x38], -5.1774, 78.5016),
            Example("sht3x", [0x00, 0x00, 0x81, 0xFF, 0xFF, 0xAC], nil, 100),
            Example("sht4x", [0x66, 0x66, 0x93, 0x72, 0xB0, 0xDC], 25, 50.0006),
            Example("sht4x", [0x2E, 0x14, 0xB7, 0x06, 0x00, 0xDB], -13.5008, -3.0703),
            Example("sht4x", [0x80, 0x00, 0xA2, 0xFF, 0xFF, 0xAC], 42.5013, 119),
            Example("shtc3", [0x66, 0x66, 0x93, 0x80, 0x00, 0xA2], 24.9989, 50),
            Example("shtc3", [0x4F, 0x5C, 0x92, 0x33, 0x33, 0x88], 9.2496, 19.9997),
            Example("aht20", [0x18, 0x80, 0x00, 0x06, 0x00, 0x00, 0x23], 25, 50),
            Example("aht20", [0x18, 0xD4, 0x7A, 0xE3, 0xB3, 0xB3, 0x53], -3.7256, 83),
            Example("htu21d", [0x68, 0x3A, 0x7C, 0x4E, 0x85, 0x6B], 24.6864, 32.3377),
            Example("htu21d", [0x3C, 0x90, 0x3F, 0x7C, 0x82, 0x97], -5.2795, 54.7910),
            Example("si7021", [0x6A, 0x4C, 0xFB, 0x7C, 0x82, 0x97], 26.1128, 54.7910),
            Example("hdc1080", [0x66, 0x64, 0x80, 0x00], 25.9940, 50),
            Example("hdc1080", [0x41, 0x04, 0x99, 0x98], 1.9046, 59.9976),
            Example("hdc302x", [0x51, 0xEC, 0x2E, 0xAA, 0xAA, 0xB7], 11.0021, 66.6667),
            Example("scd4x", [0x01, 0xF4, 0x33, 0x66, 0x67, 0xA2, 0x5E, 0xB9, 0x3C], 500, 25.0027, 37.0016),
            Example("mcp9808", [0xC1, 0x90], 25), Example("mcp9808", [0x1F, 0xB8], -4.5),
            Example("mcp9808", [0x1E, 0x64], -25.75),
            Example("tmp117", [0x0C, 0x80], 25), Example("tmp117", [0xFF, 0xFF], -0.0078),
            Example("tmp117", [0xF3, 0x80], -25), Example("tmp117", [0x12, 0x52], 36.6406),
        ]
    )
    func examples(example: Example) throws {
        let readings = try Self.readings(example.chip, example.bytes)
        #expect(readings.map(\.quantity) == FakeChips.named(example.chip).entry.quantities)
        try #require(readings.count == example.values.count)
        for (reading, expected) in zip(readings, example.values) {
            guard let expected else {
                #expect(reading.outcome == .bad(.outOfRange))
                continue
            }
            let value = try #require(reading.value)
            #expect(abs(value - expected) < 0.000_05, "\(value)")
            #expect(reading.raw != nil)
        }
    }

    @Test("one step of the lowest bit is kept: −0.0078125 and 36.640625 °C of a TMP117 are exact")
    func exact() throws {
        #expect(try TMP117.readings(from: 0xFFFF)[0].value == -0.007_812_5)
        #expect(try TMP117.readings(from: 0x1252)[0].value == 36.640_625)
    }

    @Test(
        "what cannot be a measurement has a reason and no number",
        arguments: [
            ("sht3x", [0x66, 0x66, 0x92, 0x80, 0x00, 0xA2], .crc),
            ("aht20", [0x18, 0x80, 0x00, 0x06, 0x00, 0x00, 0x24], .crc),
            ("htu21d", [0x68, 0x3A, 0x7C, 0x4E, 0x85, 0x6A], .crc),
            ("htu21d", [0x00, 0x00, 0x00, 0x4E, 0x85, 0x6B], .outOfRange),
            ("si7021", [0x68, 0x3A, 0x7C, 0x00, 0x00, 0x00], .outOfRange),
            ("hdc1080", [0x00, 0x00, 0x00, 0x00], .outOfRange),
            ("hdc1080", [0xFF, 0xFF, 0xFF, 0xFF], .outOfRange),
            ("tmp117", [0x80, 0x00], .notReady),
        ] as [(String, [UInt8], SensorFault.Reason)]
    )
    func refused(chip: String, bytes: [UInt8], reason: SensorFault.Reason) {
        let fault = #expect(throws: SensorFault.self) { try Self.readings(chip, bytes) }
        #expect(fault?.reason == reason)
    }

    @Test("an AHT20 that was not initialised, −50 °C and 0 %, is not_calibrated; so is one without its mark")
    func notCalibrated() {
        for status: UInt8 in [0x18, 0x10] {
            let bytes: [UInt8] = status == 0x18 ? [status, 0, 0, 0, 0, 0] : [status, 0x80, 0, 6, 0, 0]
            let fault = #expect(throws: SensorFault.self) {
                try AHT20.readings(from: bytes + [FakeCommandChip.crc(bytes, initial: 0xFF)])
            }
            #expect(fault?.reason == .notCalibrated)
        }
    }

    @Test(
        "carbon dioxide from 1 to 40,000 ppm, not 0 and not more",
        arguments: [(0, false), (1, true), (40_000, true), (40_001, false)] as [(UInt32, Bool)]
    )
    func carbonDioxide(ppm: UInt32, isGood: Bool) throws {
        let bytes = FakeCommandChip.word(ppm) + FakeCommandChip.word(0x6667) + FakeCommandChip.word(0x5EB9)
        let reading = try SCD4x.readings(from: bytes)[0]
        #expect((reading.value != nil) == isGood)
    }

    @Test(
        "temperatures at the ends of each chip's range, on both sides",
        arguments: [
            ("sht4x", 1_873, true), ("sht4x", 1_872, false), ("sht4x", 63_662, true), ("sht4x", 63_663, false),
            ("scd4x", 13_107, true), ("scd4x", 13_106, false), ("scd4x", 39_321, true), ("scd4x", 39_322, false),
        ] as [(String, UInt32, Bool)]
    )
    func ranges(chip: String, raw: UInt32, isGood: Bool) throws {
        let words = [FakeCommandChip.word(raw), FakeCommandChip.word(0x8000)]
        let bytes = chip == "scd4x" ? FakeCommandChip.word(500) + words[0] + words[1] : words[0] + words[1]
        let reading = try #require(try Self.readings(chip, bytes).first { $0.quantity == .temperature })
        #expect((reading.value != nil) == isGood)
    }

    @Test("MCP9808 and TMP117 at the ends of their ranges, on both sides")
    func registerRanges() throws {
        let critical: [(UInt16, Bool)] = [(0x07D0, true), (0x07D1, false), (0x1D80, true), (0x1D7F, false)]
        for (word, isGood) in critical {
            #expect((MCP9808.readings(from: word)[0].value != nil) == isGood, "\(word)")
        }
        let wide: [(UInt16, Bool)] = [(0x4B00, true), (0x4B01, false), (0xE480, true), (0xE47F, false)]
        for (word, isGood) in wide {
            #expect((try TMP117.readings(from: word)[0].value != nil) == isGood, "\(word)")
        }
    }

    @Test("no bytes at all make a conversion trap or give what is not finite")
    func fuzz() {
        let seed: UInt64 = 0x6368_6970
        var random = SplitMix64(seed: seed)
        let chips = ["sht3x", "sht4x", "shtc3", "aht20", "htu21d", "hdc1080", "hdc302x", "scd4x"]
        for round in 0..<20_000 {
            let count = Int.random(in: 0...10, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            guard let readings = try? Self.readings(chips[round % chips.count], bytes) else { continue }
            if readings.contains(where: { $0.value?.isFinite == false }) { Issue.record("seed \(seed): \(bytes)") }
        }
        for word in 0...UInt16.max {
            let critical = MCP9808.readings(from: word)[0].value ?? 0
            let wide = (try? TMP117.readings(from: word)[0])?.value ?? 0
            if !(-40...125).contains(critical) || !(-55...150).contains(wide) { Issue.record("word \(word)") }
        }
    }
}

@Suite("calibration offset and clipping, sensors contract rules 10 and 11")
struct CalibratedReadingTests {
    @Test(
        "humidity is clipped after the offset, temperature never",
        arguments: [
            (Quantity.humidity, -3.0703, 0, 0), (.humidity, 119, 0, 100), (.humidity, -3, 5, 2),
            (.humidity, 99, 5, 100), (.humidity, 50, -1.5, 48.5), (.temperature, 119, 0, 119),
            (.temperature, -3, -0.5, -3.5),
        ] as [(Quantity, Double, Double, Double)]
    )
    func offset(quantity: Quantity, value: Double, offset: Double, expected: Double) {
        #expect(ChannelReading(quantity, .good(value), raw: 7).calibrated(by: offset).value == expected)
        let suspect = ChannelReading(quantity, .suspect(value, .stuck)).calibrated(by: offset)
        #expect(suspect.outcome == .suspect(expected, .stuck))
    }

    @Test("a bad reading stays without a number")
    func bad() {
        let reading = ChannelReading(.humidity, .bad(.crc)).calibrated(by: 5)
        #expect(reading.outcome == .bad(.crc))
    }
}

@Suite("checksums of sensor wires, sensors contract 1.1")
struct WireCRCTests {
    @Test(
        "HTU21D and Si7021",
        arguments: [([0xDC], 0x79), ([0x68, 0x3A], 0x7C), ([0x4E, 0x85], 0x6B)] as [([UInt8], UInt8)]
    )
    func humidity(bytes: [UInt8], expected: UInt8) {
        #expect(WireCRC.humidity(of: bytes) == expected)
        #expect(FakeCommandChip.crc(bytes, initial: 0) == expected)
    }

    @Test("Dallas 1-Wire, and a floating line of ones never passes")
    func oneWire() {
        #expect(WireCRC.oneWire(of: [0x72, 0x01, 0x4B, 0x46, 0x7F, 0xFF, 0x0E, 0x10]) == 0x57)
        #expect(WireCRC.oneWire(of: [0x5E, 0xFF, 0x4B, 0x46, 0x7F, 0xFF, 0x02, 0x10]) == 0xB6)
        #expect(WireCRC.oneWire(of: [UInt8](repeating: 0xFF, count: 8)) != 0xFF)
        #expect(WireCRC.humidity(of: [0xFF, 0xFF]) != 0xFF)
    }
}
