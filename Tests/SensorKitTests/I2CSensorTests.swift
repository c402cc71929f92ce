import SensorKit
import SensorTestSupport
import Testing

@Suite("care for every chip: ownership, heater, lost power, stuck values")
struct I2CSensorTests {
    private let clock = ManualClock()
    private let bus: FakeI2CBus
    private let chip = FakeSHT3x()
    private var sensor: I2CSensor

    init() {
        self.bus = FakeI2CBus(clock: self.clock)
        self.bus.chips[0x44] = self.chip
        let link = I2CLink(address: 0x44, bus: self.bus, clock: self.clock)
        self.sensor = I2CSensor(FakeChips.named("sht3x").entry, link: link)
    }

    private mutating func measure() throws(SensorFault) -> [ChannelReading] {
        let conversion = try self.sensor.start()
        self.clock.sleep(for: conversion)
        return try self.sensor.collect()
    }

    @Test("an address that a kernel driver owns is never written to")
    mutating func claimed() {
        self.bus.claimed = [0x44]
        let fault = #expect(throws: SensorFault.self) { try self.sensor.prepare() }
        #expect(fault?.reason == .claimed)
        #expect(self.bus.transfers.isEmpty)
    }

    @Test("a heater that is on is switched off and withholds values for 60 s, on both sides")
    mutating func heater() throws {
        self.chip.status |= FakeSHT3x.heaterBit
        try self.sensor.prepare()
        let switchedOff = self.clock.now
        #expect(self.chip.status & FakeSHT3x.heaterBit == 0)
        self.clock.now = switchedOff + .seconds(59)
        let fault = #expect(throws: SensorFault.self) { try self.sensor.start() }
        #expect(fault?.reason == .heaterOn)
        self.clock.now = switchedOff + .seconds(60)
        #expect(try self.measure().count == 2)
    }

    @Test("the status is read again after ten minutes: a reset behind our back initialises again")
    mutating func lostPower() throws {
        try self.sensor.prepare()
        #expect(self.chip.resets == 1)
        self.chip.status |= FakeSHT3x.resetBit
        self.clock.now += .seconds(599)
        _ = try self.measure()
        #expect(self.chip.resets == 1)
        self.clock.now += .seconds(1)
        _ = try self.measure()
        #expect(self.chip.resets == 2)
    }

    @Test("bit-identical values over 120 samples and ten minutes are suspect, and the chip is initialised once more")
    mutating func stuck() throws {
        try self.sensor.prepare()
        var suspects = 0
        for _ in 0..<130 {
            self.clock.now += .seconds(6)
            for reading in try self.measure() {
                if case .suspect(_, let reason) = reading.outcome {
                    #expect(reason == .stuck)
                    suspects += 1
                }
            }
        }
        #expect(suspects == 2 * 11)  // samples 120 to 130
        #expect(self.chip.resets == 2)
        self.chip.measurement = FakeSHT3x.measurement(0x6667, 0x8000)
        self.clock.now += .seconds(6)
        let readings = try self.measure()
        guard case .good = readings[0].outcome else {
            Issue.record("a changed value is good again: \(readings[0].outcome)")
            return
        }
    }
}

@Suite("stuck values, sensors contract rule 9")
struct StuckDetectorTests {
    @Test(
        "both limits have to be passed",
        arguments: [(119, 6_000, false), (120, 6_000, true), (600, 1_000, false), (601, 1_000, true)]
    )
    func limits(samples: Int, intervalMilliseconds: Int, isStuck: Bool) {
        var detector = StuckDetector()
        var verdict = StuckDetector.Verdict.changing
        for index in 0..<samples {
            verdict = detector.measured([1, 2], at: .milliseconds(index * intervalMilliseconds))
        }
        #expect((verdict != .changing) == isStuck)
    }

    @Test("one channel that moves is enough to be alive, and values without bits are never stuck")
    func alive() {
        var detector = StuckDetector()
        for index in 0..<1_000 {
            #expect(detector.measured([7, UInt32(index % 2)], at: .seconds(index)) == .changing)
        }
        var blind = StuckDetector()
        for index in 0..<1_000 {
            #expect(blind.measured([nil], at: .seconds(index)) == .changing)
        }
    }
}
