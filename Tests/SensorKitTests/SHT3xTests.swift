import SensorKit
import SensorTestSupport
import Testing

@Suite("SHT3x, sensors contract 2.1")
struct SHT3xTests {
    @Test(
        "byte examples of the contract",
        arguments: [
            ([0x66, 0x66, 0x93, 0x80, 0x00, 0xA2], 25.0000, 50.0008),
            ([0x3A, 0x41, 0xD1, 0xC8, 0xF6, 0x38], -5.1774, 78.5016),
        ] as [([UInt8], Double, Double)]
    )
    func conversion(bytes: [UInt8], temperature: Double, humidity: Double) throws {
        let readings = try SHT3x.readings(from: bytes)
        #expect(readings.map(\.quantity) == [.temperature, .humidity])
        let values = readings.compactMap(\.value)
        try #require(values.count == 2)
        #expect(abs(values[0] - temperature) < 0.000_05)
        #expect(abs(values[1] - humidity) < 0.000_05)
    }

    @Test("−45 °C is below the chip's range: bad, while 100 %RH stays good")
    func belowRange() throws {
        let readings = try SHT3x.readings(from: [0x00, 0x00, 0x81, 0xFF, 0xFF, 0xAC])
        #expect(readings[0].outcome == .bad(.outOfRange))
        #expect(readings[0].value == nil)
        #expect(readings[1].outcome == .good(100))
    }

    @Test("one wrong checksum discards the pair, whichever word it is")
    func wrongChecksum() {
        for bytes: [UInt8] in [[0x66, 0x66, 0x92, 0x80, 0x00, 0xA2], [0x66, 0x66, 0x93, 0x80, 0x00, 0xA3]] {
            let fault = #expect(throws: SensorFault.self) { try SHT3x.readings(from: bytes) }
            #expect(fault?.reason == .crc)
        }
    }

    @Test(
        "the edges of −40…125 °C, on both sides",
        arguments: [(1_873, true), (1_872, false), (63_662, true), (63_663, false)] as [(UInt16, Bool)]
    )
    func rangeEdges(raw: UInt16, isGood: Bool) throws {
        let readings = try SHT3x.readings(from: FakeSHT3x.measurement(raw, 0x8000))
        #expect((readings[0].value != nil) == isGood)
    }

    @Test("no bytes at all make it trap or give a number with a wrong checksum")
    func fuzz() {
        let seed: UInt64 = 0x5348_5433
        var random = SplitMix64(seed: seed)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...9, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
            }
            do throws(SensorFault) {
                let readings = try SHT3x.readings(from: bytes)
                #expect(bytes.count == 6 && SensirionCRC.words(in: bytes) != nil, "seed \(seed): \(bytes)")
                #expect(readings.count == 2)
            } catch {
                #expect(error.reason == .crc)
            }
        }
    }

    @Test("preparing identifies first, then stops, resets and clears; a measurement is one write and one read")
    func sequence() throws {
        let (bus, sensor) = Self.make()
        bus.chips[0x44] = FakeSHT3x()
        var driver = sensor
        try driver.prepare()
        #expect(
            bus.transfers == [
                "W 37 81", "W F3 2D", "R 3",  // identify
                "W F3 2D", "R 3",  // heater?
                "W 30 93", "W 30 A2", "W 30 41",
            ]
        )
        bus.forgetTransfers()
        #expect(try driver.start() == .microseconds(15_500))
        #expect(bus.transfers == ["W 24 00"])
    }

    @Test("a result read too early is not_ready, not nack")
    func tooEarly() throws {
        let (bus, sensor) = Self.make()
        bus.chips[0x44] = FakeSHT3x()
        var driver = sensor
        try driver.prepare()
        _ = try driver.start()
        let fault = #expect(throws: SensorFault.self) { try driver.collect() }
        #expect(fault?.reason == .notReady)
    }

    @Test(
        "another chip at the address is wrong_chip and named",
        arguments: [
            ([[0x37, 0x81]: FakeSHT3x.word(0x3000), [0xF3, 0x2D]: FakeSHT3x.word(0x8010)], "HDC302x"),
            ([[0x89]: FakeSHT3x.measurement(0x1234, 0x5678)], "SHT4x"),
            ([[0x37, 0x81]: [1, 2, 3], [0xF3, 0x2D]: [1, 2, 3], [0x89]: [1, 2, 3, 4, 5, 6]], "is no SHT3x"),
        ] as [([[UInt8]: [UInt8]], String)]
    )
    func wrongChip(answers: [[UInt8]: [UInt8]], named: String) {
        let (bus, sensor) = Self.make()
        bus.chips[0x44] = FakeOtherChip(answers)
        var driver = sensor
        let fault = #expect(throws: SensorFault.self) { try driver.prepare() }
        #expect(fault?.reason == .wrongChip)
        #expect(fault?.detail.contains(named) == true, "\(fault?.detail ?? "")")
        #expect(!bus.transfers.contains("W 30 A2"), "configured a chip that is not ours")
    }

    @Test("nothing at the address is nack, not wrong_chip")
    func nothingThere() {
        let (_, sensor) = Self.make()
        var driver = sensor
        let fault = #expect(throws: SensorFault.self) { try driver.prepare() }
        #expect(fault?.reason == .nack)
    }

    @Test("a disturbed status answer is asked again: two are no other chip, three are")
    func disturbedStatus() throws {
        let (bus, sensor) = Self.make()
        let chip = FakeSHT3x()
        bus.chips[0x44] = chip
        var driver = sensor
        chip.garbledStatuses = 2
        try driver.prepare()
        chip.garbledStatuses = 3
        let fault = #expect(throws: SensorFault.self) { try driver.prepare() }
        #expect(fault?.reason == .wrongChip)
    }

    static func make() -> (FakeI2CBus, I2CSensor) {
        let clock = ManualClock()
        let bus = FakeI2CBus(clock: clock)
        return (bus, I2CSensor(FakeChips.named("sht3x").entry, link: I2CLink(address: 0x44, bus: bus, clock: clock)))
    }
}
