import SensorKit
import SensorTestSupport
import Testing

@Suite("sampling a bus, sensors contract rules 3 and 7")
struct SensorGroupTests {
    private let clock = ManualClock()
    private let bus: FakeI2CBus
    private let chip = FakeSHT3x()

    init() {
        self.bus = FakeI2CBus(clock: self.clock)
        self.bus.chips[0x44] = self.chip
    }

    private func group(sensors: Int = 1) -> SensorGroup {
        SensorGroup(
            (0..<sensors).map { index in
                let link = I2CLink(address: 0x44 + UInt8(index), bus: self.bus, clock: self.clock)
                return I2CSensor(FakeChips.named("sht3x").entry, link: link)
            },
            clock: self.clock
        )
    }

    @Test("a good sample has both values and no fault")
    func good() {
        var group = self.group()
        let outcomes = group.sample([0])
        #expect(outcomes.map { $0.readings.compactMap(\.value).count } == [2])
        #expect(outcomes[0].fault == nil)
        #expect(outcomes[0].change == .none)
    }

    @Test("eight sensors of 8 to 16 ms take about 25 ms together, not 100")
    func together() {
        let chips: [(String, UInt8)] = [
            ("sht3x", 0x44), ("sht3x", 0x45), ("sht4x", 0x46), ("hdc302x", 0x47), ("shtc3", 0x70), ("hdc1080", 0x40),
            ("bme280", 0x76), ("bme280", 0x77),
        ]
        let sensors = chips.map { name, address in
            self.bus.chips[address] = FakeChips.named(name).make()
            let link = I2CLink(address: address, bus: self.bus, clock: self.clock)
            return I2CSensor(FakeChips.named(name).entry, link: link)
        }
        var group = SensorGroup(sensors, clock: self.clock)
        _ = group.sample(Array(0..<8))
        let start = self.clock.now
        let outcomes = group.sample(Array(0..<8))
        #expect(outcomes.count == 8 && outcomes.allSatisfy { $0.fault == nil })
        #expect(self.clock.now - start < .milliseconds(28))
    }

    @Test(
        "one bad attempt of any kind is mended by a fresh measurement at least 10 ms later",
        arguments: [SensorFault.Reason.nack, .busError, .arbitration, .timeout, .notReady]
    )
    func retry(reason: SensorFault.Reason) {
        var group = self.group()
        _ = group.sample([0])
        let before = self.chip.conversions
        self.bus.injected = [nil, reason]  // the command goes out, the read fails
        let start = self.clock.now
        let outcomes = group.sample([0])
        #expect(outcomes[0].fault == nil)
        #expect(outcomes[0].readings.count == 2)
        #expect(self.chip.conversions == before + 2, "the old buffer was read again")
        #expect(self.clock.now - start >= .milliseconds(2 * 15 + 10))
    }

    @Test("a wrong checksum is retried twice and no more, and never gives a number")
    func checksums() {
        var group = self.group()
        _ = group.sample([0])
        let garbled: [UInt8] = [0x66, 0x66, 0x92, 0x80, 0x00, 0xA2]
        self.chip.queued = [garbled, garbled]
        #expect(group.sample([0])[0].readings.count == 2)
        self.chip.queued = [garbled, garbled, garbled]
        let before = self.chip.conversions
        let outcome = group.sample([0])[0]
        #expect(self.chip.conversions == before + 3)
        #expect(outcome.readings.isEmpty)
        #expect(outcome.fault?.reason == .crc)
    }

    @Test("an impossible temperature is bad, is counted, and does not take the humidity with it")
    func outOfRange() {
        self.chip.measurement = [0x00, 0x00, 0x81, 0xFF, 0xFF, 0xAC]
        var group = self.group()
        let outcome = group.sample([0])[0]
        #expect(outcome.readings.map(\.value) == [nil, 100])
        #expect(outcome.fault?.reason == .outOfRange)
        #expect(self.chip.conversions == 3)
    }

    @Test("after 3 failed samples the chip is reset, after 10 it is left alone for 30 s, then probed once")
    func lastingFailure() {
        var group = self.group()
        _ = group.sample([0])
        #expect(self.chip.resets == 1)
        self.chip.measurement = [1, 2, 3, 4, 5, 6]
        var changes: [SensorHealth.Change] = []
        for _ in 1...10 {
            changes += group.sample([0]).map(\.change)
            self.clock.now += .seconds(1)
        }
        #expect(changes.count { $0 == .failing } == 1)
        #expect(changes.last == .unavailable)
        #expect(self.chip.resets == 4, "after samples 3, 6 and 9")
        #expect(group.sample([0]).isEmpty)
        self.clock.now += .seconds(30)
        let before = self.chip.conversions
        #expect(group.sample([0]).map(\.change) == [.none])
        #expect(self.chip.conversions == before + 1)
        self.chip.measurement = FakeSHT3x.measurement(0x6666, 0x8000)
        self.clock.now += .seconds(30)
        #expect(group.sample([0]).map(\.change) == [.recovered])
    }

    @Test("a sensor that is to be initialised again is asked at once, however long it was unavailable")
    func forgotten() {
        var group = self.group()
        self.chip.measurement = [1, 2, 3, 4, 5, 6]
        for _ in 1...10 { _ = group.sample([0]) }
        #expect(group.sample([0]).isEmpty)
        let resets = self.chip.resets
        self.chip.measurement = FakeSHT3x.measurement(0x6666, 0x8000)
        group.forget(0)
        #expect(group.sample([0]).map(\.change) == [.recovered])
        #expect(self.chip.resets == resets + 1)
    }

    @Test("a wrong chip is reported at once and costs its neighbour nothing")
    func wrongChip() {
        self.bus.chips[0x45] = FakeOtherChip([[0x89]: FakeSHT3x.measurement(1, 2)])
        var group = self.group(sensors: 2)
        let outcomes = group.sample([0, 1])
        #expect(outcomes[0].readings.count == 2)
        #expect(outcomes[1].fault?.reason == .wrongChip)
        #expect(outcomes[1].change == .unavailable)
        #expect(group.sample([0, 1]).map(\.sensor) == [0])
    }

    @Test("a bus held low is asked three times, then once in 30 s, and carries on when it is free")
    func lockedBus() {
        self.bus.chips[0x45] = FakeSHT3x()
        var group = self.group(sensors: 2)
        _ = group.sample([0, 1])
        self.bus.broken = .timeout
        var start = self.clock.now
        var locked = 0
        for _ in 0..<5 {
            _ = group.sample([0, 1])
            if group.busChange == .locked { locked += 1 }
        }
        #expect(locked == 1)
        #expect(self.clock.now - start < .seconds(1), "each further try would cost 200 ms")
        self.clock.now += .seconds(30)
        start = self.clock.now
        #expect(group.sample([0, 1]).count == 1)
        #expect(self.clock.now - start < .milliseconds(500))
        self.bus.broken = nil
        self.clock.now += .seconds(30)
        #expect(group.sample([0, 1]).map { $0.readings.count } == [2])
        #expect(group.busChange == .unlocked)
        #expect(group.sample([0, 1]).count == 2)
    }

    @Test("an adapter that is pulled out and plugged in again needs no restart")
    func adapter() {
        var group = self.group()
        _ = group.sample([0])
        self.bus.broken = .adapterGone
        #expect(group.sample([0]).map(\.change) == [.unavailable])
        #expect(group.sample([0]).isEmpty)
        self.bus.broken = nil
        self.clock.now += .seconds(5)
        #expect(group.sample([0]).map(\.change) == [.recovered])
    }

    @Test("random faults never make a number that the chip did not measure, nor an endless loop")
    func randomFaults() {
        let seed: UInt64 = 20_261_121
        var random = SplitMix64(seed: seed)
        let reasons: [SensorFault.Reason] = [.nack, .crc, .timeout, .arbitration, .busError]
        var group = self.group()
        var values = 0
        for round in 0..<2_000 {
            let faultShare = [0.02, 0.1, 0.5, 0.9][round % 4]
            self.bus.injected = (0..<12).map { _ -> SensorFault.Reason? in
                guard Double.random(in: 0..<1, using: &random) < faultShare else { return nil }
                return reasons.randomElement(using: &random)
            }
            let start = self.clock.now
            for outcome in group.sample([0]) {
                for reading in outcome.readings {
                    guard let value = reading.value else { continue }
                    values += 1
                    let expected = reading.quantity == .temperature ? 25.0 : 100.0 * 0x8000 / 65_535
                    #expect(abs(value - expected) < 1e-9, "seed \(seed), round \(round)")
                }
            }
            #expect(self.clock.now - start < .seconds(6), "seed \(seed), round \(round)")
            self.clock.now += .seconds(10)
        }
        #expect(values > 1_000, "seed \(seed)")
    }
}
