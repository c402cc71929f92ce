import SensorKit
import SensorTestSupport
import Testing

@Suite("which chip is it, sensors contract 1.2")
struct ChipIdentificationTests {
    private let clock = ManualClock()
    private let bus: FakeI2CBus

    init() {
        self.bus = FakeI2CBus(clock: self.clock)
    }

    private func identify(_ address: UInt8) throws(SensorFault) -> ChipIdentification.Verdict {
        self.bus.forgetTransfers()
        return try I2CLink(address: address, bus: self.bus, clock: self.clock)
            .identify(among: ChipCatalog.signatures(at: address))
    }

    @Test("every chip of the catalog is found at every address it can have", arguments: FakeChips.all)
    func everyChip(sample: FakeChips.Sample) throws {
        for address in sample.entry.addresses {
            self.bus.chips[address] = sample.make()
            #expect(try self.identify(address) == .chip(sample.entry.title))
        }
    }

    @Test("a running SCD4x is found without being stopped, a sleeping SHTC3 by waking it")
    func otherStates() throws {
        let scd = FakeSCD4x()
        scd.measureByItself(since: self.clock.now)
        self.bus.chips[0x62] = scd
        #expect(try self.identify(0x62) == .chip("SCD4x"))
        #expect(scd.startedAt != nil)
        let shtc = FakeSHTC3()
        try shtc.write([0xB0, 0x98], at: self.clock.now)
        self.bus.chips[0x70] = shtc
        #expect(try self.identify(0x70) == .chip("SHTC3"))
    }

    @Test(
        "strangers known by name",
        arguments: [
            (0x76, 0x58, "BMP280"), (0x77, 0x61, "BME680"), (0x40, 0x0D, "Si7013"), (0x40, 0x14, "Si7020"),
        ] as [(UInt8, UInt8, String)]
    )
    func strangers(address: UInt8, id: UInt8, name: String) throws {
        self.bus.chips[address] = address == 0x40 ? FakeHTU21.si7021(id: id) : FakeBME280(id: id)
        #expect(try self.identify(address) == .chip(name))
    }

    @Test("a BMP280 sold as BME280 is refused with what is wrong with it")
    func soldAsBME280() {
        self.bus.chips[0x76] = FakeBME280(id: 0x58)
        let link = I2CLink(address: 0x76, bus: self.bus, clock: self.clock)
        var sensor = I2CSensor(FakeChips.named("bme280").entry, link: link)
        let fault = #expect(throws: SensorFault.self) { try sensor.prepare() }
        #expect(fault?.reason == .wrongChip)
        #expect(fault?.detail.contains("found BMP280 where BME280 is configured; it has no humidity") == true)
    }

    @Test("nothing there is silent, and something else is a stranger")
    func nothing() throws {
        for address in [0x18, 0x38, 0x40, 0x44, 0x48, 0x62, 0x70, 0x76] as [UInt8] {
            #expect(try self.identify(address) == .silent)
            self.bus.chips[address] = FakeOtherChip([[]: []])
            #expect(try self.identify(address) == .silent)
        }
        self.bus.chips[0x44] = FakeOtherChip([[0x89]: [1, 2, 3, 4, 5, 6]])
        #expect(try self.identify(0x44) == .stranger)
    }

    @Test("a chip with registers at 0x40 is only ever read: no two bytes are written to it")
    func registers() throws {
        self.bus.chips[0x40] = FakeRegisters()  // as a PCA9685 or an INA219
        #expect(try self.identify(0x40) == .stranger)
        #expect(self.bus.transfers.allSatisfy { $0.hasPrefix("R ") || $0 == "W FE" || $0 == "W FF" })
    }

    @Test("a multiplexer at 0x70 answers a plain read, and is asked nothing more")
    func multiplexer() throws {
        self.bus.chips[0x70] = FakeRegisters()
        #expect(try self.identify(0x70) == .stranger)
        #expect(Set(self.bus.transfers) == ["R 1"])
    }

    @Test("a garbled answer is asked for again, twice at most; a fault of the bus ends it")
    func garbled() throws {
        let chip = FakeSHT3x()
        self.bus.chips[0x44] = chip
        chip.garbledStatuses = 2
        #expect(try self.identify(0x44) == .chip("SHT3x"))
        chip.garbledStatuses = 3
        #expect(try self.identify(0x44) == .stranger)
        self.bus.broken = .timeout
        let fault = #expect(throws: SensorFault.self) { try self.identify(0x44) }
        #expect(fault?.reason == .timeout)
    }

    @Test("an error of the bus in the middle is forgotten when a chip is found, and thrown when none is")
    func busError() throws {
        self.bus.chips[0x44] = FakeSHT3x()
        self.bus.injected = [.busError]
        #expect(try self.identify(0x44) == .chip("SHT3x"))
        self.bus.injected = [nil, .busError, .busError]
        let fault = #expect(throws: SensorFault.self) { try self.identify(0x44) }
        #expect(fault?.reason == .busError)
    }

    @Test("whatever is answered, it ends after two dozen questions")
    func ends() {
        let seed: UInt64 = 0x6964_656E
        var random = SplitMix64(seed: seed)
        for round in 0..<5_000 {
            let address = UInt8.random(in: 0x08...0x77, using: &random)
            var identification = ChipIdentification(among: ChipCatalog.signatures(at: address))
            var questions = 0
            while case .ask(let question) = identification.next {
                questions += 1
                guard questions <= 24 else {
                    Issue.record("seed \(seed), round \(round): no end")
                    return
                }
                switch Int.random(in: 0..<4, using: &random) {
                case 0: identification.received(.refused)
                case 1: identification.received(.mute)
                default:
                    let bytes = (0..<question.count).map { _ in UInt8.random(in: 0...255, using: &random) }
                    identification.received(.bytes(bytes))
                }
            }
        }
    }
}

/// A chip that takes any register number and reads as zeros, and remembers nothing.
private final class FakeRegisters: FakeChip {
    func write(_ bytes: [UInt8], at now: Duration) throws(SensorFault) {}
    func read(_ count: Int, at now: Duration) throws(SensorFault) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}
