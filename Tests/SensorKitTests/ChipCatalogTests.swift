import SensorKit
import SensorTestSupport
import Testing

@Suite("every chip of the catalog, sensors contract rules 1 to 11")
struct ChipCatalogTests {
    private let clock = ManualClock()
    private let bus: FakeI2CBus

    init() {
        self.bus = FakeI2CBus(clock: self.clock)
    }

    private func sensor(_ sample: FakeChips.Sample, _ chip: any FakeChip) -> I2CSensor {
        self.bus.chips[sample.address] = chip
        return I2CSensor(
            sample.entry,
            link: I2CLink(address: sample.address, bus: self.bus, clock: self.clock)
        )
    }

    private func group(_ sample: FakeChips.Sample, _ chip: any FakeChip) -> SensorGroup {
        SensorGroup([self.sensor(sample, chip)], clock: self.clock)
    }

    /// Samples until there is an outcome, every second.
    private func sample(_ group: inout SensorGroup) -> SensorGroup.Outcome? {
        for _ in 0..<60 {
            if let outcome = group.sample([0]).first { return outcome }
            self.clock.now += .seconds(1)
        }
        return nil
    }

    private func expectValues(of sample: FakeChips.Sample, in outcome: SensorGroup.Outcome?) {
        #expect(outcome?.fault == nil, "\(outcome?.fault.map { "\($0)" } ?? "")")
        #expect(outcome?.readings.map(\.quantity) == sample.entry.quantities)
        for reading in outcome?.readings ?? [] {
            let value = reading.value ?? .nan
            #expect(abs(value - (sample.values[reading.quantity] ?? .nan)) < 0.000_05, "\(reading)")
        }
    }

    @Test("there is a fake for every chip, and no name twice")
    func complete() {
        #expect(FakeChips.all.map(\.name).sorted() == ChipCatalog.entries.map(\.name).sorted())
        #expect(Set(ChipCatalog.entries.map(\.name)).count == ChipCatalog.entries.count)
        for entry in ChipCatalog.entries {
            #expect(ChipCatalog.entry(named: entry.name)?.title == entry.title)
            #expect(entry.addresses.allSatisfy { (0x08...0x77).contains($0) })
            #expect(Set(entry.quantities).count == entry.quantities.count)
        }
        #expect(ChipCatalog.entry(named: "sht9x") == nil)
    }

    @Test(
        "it measures what the chip holds, again and again, however the controller reports a refusal",
        arguments: FakeChips.all,
        [SensorFault.Reason.nack, .busError]
    )
    func measures(sample: FakeChips.Sample, refusal: SensorFault.Reason) {
        self.bus.refusal = refusal
        let chip = sample.make()
        var group = self.group(sample, chip)
        for round in 1...5 {
            self.expectValues(of: sample, in: self.sample(&group))
            #expect(chip.conversions >= round)
            self.clock.now += .milliseconds(sample.entry.intervalMinMilliseconds)
        }
    }

    @Test(
        "two garbled results are mended in the same sample, three are a fault without a number",
        arguments: FakeChips.all
    )
    func garbled(sample: FakeChips.Sample) throws {
        guard sample.hasChecksum else { return }
        let chip = sample.make()
        var group = self.group(sample, chip)
        _ = self.sample(&group)
        guard sample.name != "scd4x" else { return }  // its result is gone once it was read: the next comes in 5 s
        self.clock.now += .seconds(10)
        chip.garbledResults = 2
        self.expectValues(of: sample, in: self.sample(&group))
        self.clock.now += .seconds(10)
        chip.garbledResults = 3
        let outcome = try #require(self.sample(&group))
        #expect(outcome.fault?.reason == .crc)
        #expect(outcome.readings.isEmpty)
    }

    @Test("a loss of power is survived without a false value, within a few samples", arguments: FakeChips.all)
    func lostPower(sample: FakeChips.Sample) {
        let chip = sample.make()
        var group = self.group(sample, chip)
        _ = self.sample(&group)
        var good = 0
        for round in 0..<40 {
            if round == 3 { chip.losePower(at: self.clock.now) }
            self.clock.now += .milliseconds(max(1_000, sample.entry.intervalMinMilliseconds))
            for outcome in group.sample([0]) {
                for reading in outcome.readings {
                    guard let value = reading.value else { continue }
                    #expect(abs(value - (sample.values[reading.quantity] ?? .nan)) < 0.000_05, "\(reading)")
                }
                if round >= 35, outcome.fault == nil { good += 1 }
            }
        }
        #expect(good == 5, "it did not come back")
    }

    @Test("power lost between the start and the result of a measurement never gives a number", arguments: FakeChips.all)
    func lostPowerInBetween(sample: FakeChips.Sample) throws {
        let chip = sample.make()
        var sensor = self.sensor(sample, chip)
        try sensor.prepare()
        self.clock.now += .seconds(6)
        for delay in [0, 1, 5, 20, 100, 300] {
            do throws(SensorFault) {
                let conversion = try sensor.start()
                chip.losePower(at: self.clock.now)
                self.clock.sleep(for: max(conversion, .milliseconds(delay)))
                for reading in try sensor.collect() {
                    guard let value = reading.value else { continue }
                    #expect(abs(value - (sample.values[reading.quantity] ?? .nan)) < 0.000_05, "\(reading)")
                }
            } catch {
                #expect(error.retry == .atOnce)
            }
            self.clock.now += .seconds(1)
        }
    }

    @Test("an empty address is nack and costs less than a second", arguments: FakeChips.all)
    func absent(sample: FakeChips.Sample) {
        var sensor = I2CSensor(
            sample.entry,
            link: I2CLink(address: sample.address, bus: self.bus, clock: self.clock)
        )
        let start = self.clock.now
        let fault = #expect(throws: SensorFault.self) { try sensor.prepare() }
        #expect(fault?.reason == .nack)
        #expect(self.clock.now - start < .seconds(1))
    }

    @Test("pulled out and put back it works again, reported once each way", arguments: FakeChips.all)
    func replug(sample: FakeChips.Sample) {
        let chip = sample.make()
        var group = self.group(sample, chip)
        _ = self.sample(&group)
        var changes: [SensorHealth.Change] = []
        func run(seconds: Int) {
            for _ in 0..<seconds {
                self.clock.now += .seconds(1)
                changes += group.sample([0]).map(\.change).filter { $0 != .none }
            }
        }
        self.bus.chips[sample.address] = nil
        run(seconds: 100)
        #expect(changes.last == .unavailable, "\(changes)")
        #expect(changes.count { $0 == .unavailable } == 1, "\(changes)")
        changes = []
        chip.losePower(at: self.clock.now)
        self.bus.chips[sample.address] = chip
        run(seconds: 90)
        #expect(changes == [.recovered], "\(changes)")
        self.expectValues(of: sample, in: self.sample(&group))
    }

    @Test("a kernel driver's address is never touched", arguments: FakeChips.all)
    func claimed(sample: FakeChips.Sample) {
        self.bus.claimed = [sample.address]
        var sensor = self.sensor(sample, sample.make())
        let fault = #expect(throws: SensorFault.self) { try sensor.prepare() }
        #expect(fault?.reason == .claimed)
        #expect(self.bus.transfers.isEmpty)
    }

    @Test(
        "any other chip of the catalog at its address is wrong_chip, named, and not configured",
        arguments: FakeChips.all,
        [SensorFault.Reason.nack, .busError]
    )
    func wrongChip(sample: FakeChips.Sample, refusal: SensorFault.Reason) throws {
        self.bus.refusal = refusal
        for other in FakeChips.all where other.name != sample.name {
            guard sample.entry.addresses.contains(other.address) else { continue }
            var sensor = self.sensor(sample, other.make())
            if sample.address != other.address {
                self.bus.chips[other.address] = other.make()
                let link = I2CLink(address: other.address, bus: self.bus, clock: self.clock)
                sensor = I2CSensor(sample.entry, link: link)
            }
            self.bus.forgetTransfers()
            let fault = #expect(throws: SensorFault.self) { try sensor.prepare() }
            #expect(fault?.reason == .wrongChip)
            #expect(fault?.detail.hasPrefix("found \(other.entry.title) where") == true, "\(fault?.detail ?? "")")
            let resets: Set<String> = ["W 30 A2", "W 94", "W BA", "W 02 80 00", "W 80 5D", "W E0 B6"]
            #expect(resets.isDisjoint(with: self.bus.transfers), "\(self.bus.transfers)")
        }
    }

    @Test(
        "random faults of the bus never make a number that was not measured, nor an endless loop",
        arguments: FakeChips.all
    )
    func randomFaults(sample: FakeChips.Sample) {
        let seed: UInt64 = 20_261_122
        var random = SplitMix64(seed: seed)
        let reasons: [SensorFault.Reason] = [.nack, .timeout, .arbitration, .busError]
        let chip = sample.make()
        var group = self.group(sample, chip)
        var values = 0
        for round in 0..<300 {
            let faultShare = [0.02, 0.1, 0.4, 0.9][round % 4]
            self.bus.injected = (0..<12).map { _ -> SensorFault.Reason? in
                guard Double.random(in: 0..<1, using: &random) < faultShare else { return nil }
                return reasons.randomElement(using: &random)
            }
            if Int.random(in: 0..<20, using: &random) == 0 { chip.losePower(at: self.clock.now) }
            let start = self.clock.now
            for outcome in group.sample([0]) {
                for reading in outcome.readings {
                    guard let value = reading.value else { continue }
                    values += 1
                    #expect(
                        abs(value - (sample.values[reading.quantity] ?? .nan)) < 0.000_05,
                        "seed \(seed), round \(round): \(reading)"
                    )
                }
            }
            #expect(self.clock.now - start < .seconds(8), "seed \(seed), round \(round)")
            self.clock.now += .seconds(10)
        }
        #expect(values > 100, "seed \(seed)")
    }
}
