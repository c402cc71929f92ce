import SensorKit
import SensorTestSupport
import Testing

@Suite("BME280, sensors contract 2.4")
struct BME280Tests {
    private static let first: [UInt8] = [
        0x70, 0x6B, 0x43, 0x67, 0x18, 0xFC, 0x7D, 0x8E, 0x43, 0xD6, 0xD0, 0x0B, 0x27, 0x0B, 0x8C, 0x00, 0xF9, 0xFF,
        0x8C, 0x3C, 0xF8, 0xC6, 0x70, 0x17, 0x00, 0x4B,
    ]
    private static let second: [UInt8] = [0x6A, 0x01, 0x00, 0x14, 0x22, 0x03, 0x1E]
    private static let burst: [UInt8] = [0x65, 0x5A, 0xC0, 0x7E, 0xED, 0x00, 0x6D, 0x60]

    private let clock = ManualClock()
    private let bus: FakeI2CBus
    private let chip = FakeBME280()
    private var sensor: I2CSensor

    init() {
        self.bus = FakeI2CBus(clock: self.clock)
        self.bus.chips[0x76] = self.chip
        let link = I2CLink(address: 0x76, bus: self.bus, clock: self.clock)
        self.sensor = I2CSensor(FakeChips.named("bme280").entry, link: link)
    }

    private mutating func measure() throws(SensorFault) -> [ChannelReading] {
        let conversion = try self.sensor.start()
        self.clock.sleep(for: conversion)
        return try self.sensor.collect()
    }

    @Test("the contract's calibration and burst")
    func example() throws {
        let raw = BME280Calibration.Raw(Self.burst)
        #expect(raw.temperature == 519_888 && raw.pressure == 415_148 && raw.humidity == 28_000)
        let readings = try BME280Calibration(Self.first, Self.second).readings(from: raw)
        #expect(readings.map(\.quantity) == [.temperature, .humidity, .pressure])
        let values = readings.compactMap(\.value)
        try #require(values.count == 3)
        #expect(abs(values[0] - 25.0825) < 0.000_05)
        #expect(abs(values[1] - 40.6439) < 0.000_05)
        #expect(abs(values[2] - 1_006.5327) < 0.000_05)
    }

    @Test("a channel that was not measured is bad; without the temperature none can be computed")
    func skipped() throws {
        let calibration = try BME280Calibration(Self.first, Self.second)
        func outcomes(_ bytes: [UInt8]) -> [Bool] {
            calibration.readings(from: .init(bytes)).map { $0.value != nil }
        }
        #expect(outcomes([0x80, 0, 0, 0x7E, 0xED, 0, 0x6D, 0x60]) == [true, true, false])
        #expect(outcomes([0x65, 0x5A, 0xC0, 0x7E, 0xED, 0, 0x80, 0]) == [true, false, true])
        #expect(outcomes([0x65, 0x5A, 0xC0, 0x80, 0, 0, 0x6D, 0x60]) == [false, false, false])
    }

    @Test("calibration that cannot be true is not_calibrated: zeros, ones, nothing to divide by")
    func calibration() {
        var withoutPressure = Self.first
        withoutPressure[6] = 0
        withoutPressure[7] = 0
        for first in [[UInt8](repeating: 0, count: 26), [UInt8](repeating: 0xFF, count: 26), withoutPressure] {
            let fault = #expect(throws: SensorFault.self) { try BME280Calibration(first, Self.second) }
            #expect(fault?.reason == .notCalibrated)
        }
    }

    @Test("humidity is switched on before the measurement starts, and one burst reads it")
    mutating func sequence() throws {
        try self.sensor.prepare()
        self.bus.forgetTransfers()
        _ = try self.measure()
        #expect(self.bus.transfers == ["W F2 01", "W F4 25", "W F3", "R 2", "W F7", "R 8"])
    }

    @Test("a loss of power between start and result is no number; the next attempt reads the calibration again")
    mutating func lostPower() throws {
        try self.sensor.prepare()
        _ = try self.measure()
        _ = try self.sensor.start()
        self.chip.losePower(at: self.clock.now)
        self.clock.sleep(for: .milliseconds(10))
        let fault = #expect(throws: SensorFault.self) { try self.sensor.collect() }
        #expect(fault?.reason == .notReady)
        self.bus.forgetTransfers()
        #expect(try self.measure().compactMap(\.value).count == 3)
        #expect(self.bus.transfers.contains("R 26"))
    }

    @Test("a chip that was not there for a moment may be another: its calibration is read again")
    mutating func exchanged() throws {
        try self.sensor.prepare()
        _ = try self.measure()
        self.bus.chips = [:]
        let fault = #expect(throws: SensorFault.self) { try self.sensor.start() }
        #expect(fault?.reason == .nack)
        self.bus.chips[0x76] = FakeBME280()
        self.bus.forgetTransfers()
        #expect(try self.measure().compactMap(\.value).count == 3)
        #expect(self.bus.transfers.contains("R 26"))
    }

    @Test("a result that jumps is read twice: a disturbed one is refused, a real one is taken")
    mutating func jump() throws {
        try self.sensor.prepare()
        _ = try self.measure()
        self.chip.disturbedResults = 1
        let fault = #expect(throws: SensorFault.self) { try self.measure() }
        #expect(fault?.reason == .crc)
        self.chip.temperature += 20_000  // about 6 °C
        #expect(try self.measure().compactMap(\.value).count == 3)
        self.bus.forgetTransfers()
        _ = try self.measure()
        #expect(self.bus.transfers.count { $0 == "R 8" } == 1)
    }

    @Test("no bits at all make the conversion trap or give what is not finite")
    func fuzz() {
        let seed: UInt64 = 0x424D_4532
        var random = SplitMix64(seed: seed)
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
        for _ in 0..<20_000 {
            guard let calibration = try? BME280Calibration(bytes(26), bytes(7)) else { continue }
            let values = calibration.readings(from: .init(bytes(8))).compactMap(\.value)
            if !values.allSatisfy(\.isFinite) { Issue.record("seed \(seed): \(values)") }
        }
    }
}
