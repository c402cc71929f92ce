import SensorKit
import SensorTestSupport
import Testing

@Suite("what single chips need, sensors contract 2.2 to 2.11")
struct ChipBehaviourTests {
    private let clock = ManualClock()
    private let bus: FakeI2CBus

    init() {
        self.bus = FakeI2CBus(clock: self.clock)
    }

    private func sensor(_ name: String, _ chip: any FakeChip) -> I2CSensor {
        let sample = FakeChips.named(name)
        self.bus.chips[sample.address] = chip
        return I2CSensor(sample.entry, link: I2CLink(address: sample.address, bus: self.bus, clock: self.clock))
    }

    private func measure(_ sensor: inout I2CSensor) throws(SensorFault) -> [ChannelReading] {
        let conversion = try sensor.start()
        self.clock.sleep(for: conversion)
        return try sensor.collect()
    }

    @Test(
        "commands of one measurement, and the longest time of the data sheet",
        arguments: [
            ("sht3x", 15_500, ["W 24 00", "R 6"]), ("sht4x", 8_300, ["W FD", "R 6"]),
            ("shtc3", 12_100, ["W 35 17", "W 78 66", "R 6", "W B0 98"]),
            ("bme280", 9_300, ["W F2 01", "W F4 25", "W F3", "R 2", "W F7", "R 8"]),
            ("aht20", 80_000, ["W AC 33 00", "R 7"]), ("htu21d", 50_000, ["W F3", "R 3", "W F5", "R 3"]),
            ("si7021", 10_800, ["W F3", "R 3", "W F5", "R 3"]), ("hdc1080", 13_000, ["W 00", "R 4"]),
            ("hdc302x", 15_000, ["W 24 00", "R 6"]), ("tmp117", 140_000, ["W 01 0C 20", "W 01", "R 2", "W 00", "R 2"]),
        ] as [(String, Int, [String])]
    )
    func sequence(name: String, microseconds: Int, transfers: [String]) throws {
        var sensor = self.sensor(name, FakeChips.named(name).make())
        try sensor.prepare()
        _ = try self.measure(&sensor)
        self.bus.forgetTransfers()
        let conversion = try sensor.start()
        #expect(conversion == .microseconds(microseconds))
        self.clock.sleep(for: conversion)
        _ = try sensor.collect()
        #expect(self.bus.transfers == transfers)
    }

    @Test(
        "a result read 1 ms too early is not_ready and no number",
        arguments: ["sht3x", "sht4x", "shtc3", "bme280", "aht20", "htu21d", "si7021", "hdc1080", "hdc302x", "tmp117"]
    )
    func tooEarly(name: String) throws {
        var sensor = self.sensor(name, FakeChips.named(name).make())
        try sensor.prepare()
        _ = try self.measure(&sensor)
        let conversion = try sensor.start()
        self.clock.sleep(for: conversion - .milliseconds(name == "aht20" ? 60 : 1))
        let fault = #expect(throws: SensorFault.self) { try sensor.collect() }
        #expect(fault?.reason == .notReady)
    }

    @Test(
        "a heater left on is switched off, and values are withheld for 60 s",
        arguments: ["htu21d", "si7021", "hdc1080"]
    )
    func heater(name: String) throws {
        let chip = FakeChips.named(name).make()
        (chip as? FakeHTU21)?.user |= FakeHTU21.heaterBit
        (chip as? FakeHDC1080)?.registers[0x02] = 0x1000 | FakeHDC1080.heaterBit
        var sensor = self.sensor(name, chip)
        if let htu = chip as? FakeHTU21 {
            // Its identification is a reset, which ends the heating.
            try sensor.prepare()
            htu.user |= FakeHTU21.heaterBit
            self.clock.now += .seconds(600)
            let fault = #expect(throws: SensorFault.self) { try sensor.start() }
            #expect(fault?.reason == .heaterOn)
            #expect(htu.user & FakeHTU21.heaterBit == 0)
        } else {
            try sensor.prepare()
            #expect((chip as? FakeHDC1080)?.registers[0x02] == 0x1000)
            let fault = #expect(throws: SensorFault.self) { try sensor.start() }
            #expect(fault?.reason == .heaterOn)
        }
        self.clock.now += .seconds(60)
        #expect(try self.measure(&sensor).count == 2)
    }

    @Test(
        "an AHT20 that is busy gets 10 ms more, five times and no sixth",
        arguments: [(10, true), (50, true), (51, false)]
    )
    func busy(lateMilliseconds: Int, isGood: Bool) throws {
        let chip = FakeAHT20()
        var sensor = self.sensor("aht20", chip)
        try sensor.prepare()
        chip.lateness = .milliseconds(lateMilliseconds) - .microseconds(lateMilliseconds == 51 ? 0 : 300)
        if isGood {
            #expect(try self.measure(&sensor).compactMap(\.value).count == 2)
        } else {
            chip.lateness += .milliseconds(2)
            let fault = #expect(throws: SensorFault.self) { try self.measure(&sensor) }
            #expect(fault?.reason == .notReady)
        }
    }

    @Test("an AHT20 without its calibration mark is initialised with BE 08 00, once")
    func calibration() throws {
        let chip = FakeAHT20()
        var sensor = self.sensor("aht20", chip)
        try sensor.prepare()
        #expect(self.bus.transfers.count { $0 == "W BE 08 00" } == 1)
        self.bus.forgetTransfers()
        _ = try self.measure(&sensor)
        #expect(!self.bus.transfers.contains("W BE 08 00"))
        chip.isCalibrated = false
        let fault = #expect(throws: SensorFault.self) { try self.measure(&sensor) }
        #expect(fault?.reason == .notCalibrated)
        #expect(try self.measure(&sensor).compactMap(\.value).count == 2)
    }

    @Test("an SHTC3 sleeps between measurements, and a failure to sleep costs no value")
    func sleeping() throws {
        let chip = FakeSHTC3()
        var sensor = self.sensor("shtc3", chip)
        try sensor.prepare()
        #expect(chip.isAsleep)
        _ = try self.measure(&sensor)
        #expect(chip.isAsleep)
        self.bus.injected = [nil, nil, nil, .nack]
        #expect(try self.measure(&sensor).compactMap(\.value).count == 2)
        #expect(!chip.isAsleep)
        #expect(try self.measure(&sensor).compactMap(\.value).count == 2)
    }

    @Test("an SHT3x-like HDC302x whose power was lost is initialised again at its next inspection")
    func lostPower() throws {
        let chip = FakeHDC302x()
        var sensor = self.sensor("hdc302x", chip)
        try sensor.prepare()
        chip.losePower(at: self.clock.now)
        self.clock.now += .seconds(599)
        _ = try self.measure(&sensor)
        #expect(chip.resets == 1)
        self.clock.now += .seconds(1)
        _ = try self.measure(&sensor)
        #expect(chip.resets == 2)
    }

    @Test("0 °C is a temperature for an MCP9808 that was not switched off in between")
    func freezing() throws {
        let chip = FakeMCP9808()
        var sensor = self.sensor("mcp9808", chip)
        try sensor.prepare()
        chip.temperature = 0
        #expect(try self.measure(&sensor).map(\.value) == [0])
        chip.losePower(at: self.clock.now)
        let fault = #expect(throws: SensorFault.self) { try self.measure(&sensor) }
        #expect(fault?.reason == .notReady)
        chip.temperature = 0x1FB8
        #expect(try self.measure(&sensor).map(\.value) == [-4.5])
    }

    @Test(
        "floating and shorted lines give no temperature from chips without a checksum",
        arguments: ["mcp9808", "tmp117"]
    )
    func floating(name: String) throws {
        for level: UInt16 in [0x0000, 0xFFFF] {
            let chip = FakeChips.named(name).make()
            var sensor = self.sensor(name, chip)
            try sensor.prepare()
            _ = try self.measure(&sensor)
            self.bus.chips[FakeChips.named(name).address] = FakeLevel(level: level)
            let fault = #expect(throws: SensorFault.self) { try self.measure(&sensor) }
            #expect(fault?.reason == .notReady)
        }
    }
}

/// A data line that is stuck at one level while something acknowledges.
private final class FakeLevel: FakeChip {
    private let level: UInt16

    init(level: UInt16) {
        self.level = level
    }

    func write(_ bytes: [UInt8], at now: Duration) throws(SensorFault) {}

    func read(_ count: Int, at now: Duration) throws(SensorFault) -> [UInt8] {
        [UInt8](repeating: UInt8(self.level & 0xFF), count: count)
    }
}

@Suite("SCD40 and SCD41, sensors contract 2.9")
struct SCD4xTests {
    private let clock = ManualClock()
    private let bus: FakeI2CBus
    private let chip = FakeSCD4x()

    init() {
        self.bus = FakeI2CBus(clock: self.clock)
        self.bus.chips[0x62] = self.chip
    }

    private func group() -> SensorGroup {
        let link = I2CLink(address: 0x62, bus: self.bus, clock: self.clock)
        return SensorGroup([I2CSensor(FakeChips.named("scd4x").entry, link: link)], clock: self.clock)
    }

    @Test("one left running by another program is stopped, waited for and started anew")
    func running() throws {
        self.chip.measureByItself(since: self.clock.now)
        var group = self.group()
        #expect(group.sample([0]).isEmpty)
        let stop = try #require(self.bus.transfers.firstIndex(of: "W 3F 86"))
        let serial = try #require(self.bus.transfers.firstIndex(of: "W 36 82"))
        let start = try #require(self.bus.transfers.firstIndex(of: "W 21 B1"))
        #expect(stop < serial && serial < start)
    }

    @Test("before its first result it has nothing to say: no fault, no change, nothing to log")
    func warmingUp() {
        var group = self.group()
        for _ in 0..<5 {
            #expect(group.sample([0]).isEmpty)
            self.clock.now += .milliseconds(900)
        }
        self.clock.now += .seconds(1)
        #expect(group.sample([0]).map(\.change) == [.none])
    }

    @Test("every result is given once: asked more often than it measures, there is nothing in between")
    func once() {
        var group = self.group()
        var outcomes = 0
        for _ in 0..<60 {
            outcomes += group.sample([0]).count
            self.clock.now += .seconds(1)
        }
        #expect((10...12).contains(outcomes))
    }

    @Test("at the least interval every sample has a result, whatever the chip's own clock", arguments: [4_500, 5_500])
    func ownClock(milliseconds: Int) {
        self.chip.period = .milliseconds(milliseconds)
        var group = self.group()
        _ = group.sample([0])
        for _ in 0..<100 {
            self.clock.now += .milliseconds(FakeChips.named("scd4x").entry.intervalMinMilliseconds)
            #expect(group.sample([0]).count == 1)
        }
    }

    @Test("the first three minutes are suspect, then good")
    func settling() throws {
        var group = self.group()
        _ = group.sample([0])
        let start = try #require(self.chip.startedAt)
        self.clock.now = start + .seconds(175)
        let early = try #require(group.sample([0]).first)
        #expect(early.readings.allSatisfy { if case .suspect(_, .notReady) = $0.outcome { true } else { false } })
        self.clock.now = start + .seconds(181)
        let late = try #require(group.sample([0]).first)
        #expect(late.readings.allSatisfy { if case .good = $0.outcome { true } else { false } })
    }

    @Test("three periods without a result are a fault, and it is started again")
    func silence() {
        var group = self.group()
        _ = group.sample([0])
        self.clock.now += .seconds(6)
        #expect(group.sample([0]).count == 1)
        self.chip.losePower(at: self.clock.now)
        var faults: [SensorFault.Reason] = []
        for _ in 0..<30 {
            self.clock.now += .seconds(1)
            faults += group.sample([0]).compactMap { $0.fault?.reason }
        }
        #expect(faults.allSatisfy { $0 == .notReady })
        #expect(self.chip.startedAt != nil)
        self.clock.now += .seconds(6)
        #expect(group.sample([0]).first?.fault == nil)
    }
}
