import SensorKit
import SensorTestSupport
import Testing

@Suite("scanning a bus, sensors contract 1.2")
struct I2CScanTests {
    private let clock = ManualClock()
    private let bus: FakeI2CBus

    init() {
        self.bus = FakeI2CBus(clock: self.clock)
    }

    private func scan() throws(SensorFault) -> [I2CScan.Finding] {
        try I2CScan.findings(on: self.bus, clock: self.clock)
    }

    @Test("an empty bus has nothing on it, and only harmless transfers")
    func empty() throws {
        #expect(try self.scan().isEmpty)
        #expect(Set(self.bus.transfers) == ["W ", "R 1", "W 35 17", "W EF C8"])
    }

    @Test(
        "every chip is named at its address, with the line that reads it",
        arguments: FakeChips.all,
        [SensorFault.Reason.nack, .busError]
    )
    func chips(sample: FakeChips.Sample, refusal: SensorFault.Reason) throws {
        self.bus.refusal = refusal
        self.bus.chips[sample.address] = sample.make()
        let findings = try self.scan()
        #expect(findings == [I2CScan.Finding(sample.address, .chip(sample.entry.title))])
        let line = "- {type: \(sample.name), bus: /dev/i2c-1, address: 0x\(String(sample.address, radix: 16))}"
        #expect(findings.first?.configuration(adapter: "/dev/i2c-1") == line)
    }

    @Test("a sleeping SHTC3, which acknowledges nothing, is found; so is a whole bus at once")
    func many() throws {
        let sleeping = FakeSHTC3()
        try sleeping.write([0xB0, 0x98], at: self.clock.now)
        self.bus.chips = [
            0x70: sleeping, 0x44: FakeSHT3x(), 0x45: FakeSHT4x(), 0x76: FakeBME280(id: 0x58),
            0x50: FakeOtherChip([[]: []]),
        ]
        self.bus.claimed = [0x40]
        let findings = try self.scan()
        #expect(
            findings.map(\.what).prefix(3) + findings.map(\.what).suffix(2) == [
                .claimed, .chip("SHT3x"), .chip("SHT4x"), .chip("SHTC3"), .chip("BMP280"),
            ]
        )
        #expect(findings.first { $0.what == .chip("BMP280") }?.configuration(adapter: "/dev/i2c-1") == nil)
        #expect(!self.bus.transfers.contains("W FE"), "a kernel driver's address was touched")
    }

    @Test("what answers and is none of the known says what it is not")
    func strangers() throws {
        self.bus.chips[0x48] = FakeSilence()
        self.bus.chips[0x20] = FakeSilence()
        #expect(
            try self.scan() == [
                I2CScan.Finding(0x20, .stranger(not: [])), I2CScan.Finding(0x48, .stranger(not: ["TMP117"])),
            ]
        )
    }

    @Test("a stranger that refuses every question is there, however the refusal is reported")
    func refusing() throws {
        self.bus.chips[0x44] = FakeOtherChip([:])
        for refusal: SensorFault.Reason in [.nack, .busError] {
            self.bus.refusal = refusal
            let names = ["HDC302x", "SHT3x", "SHT4x"]
            #expect(try self.scan() == [I2CScan.Finding(0x44, .stranger(not: names))])
        }
    }

    @Test("a controller that cannot write nothing is scanned by reading")
    func noEmptyWrites() throws {
        let bus = NoEmptyWrites(clock: self.clock)
        bus.inner.chips[0x76] = FakeBME280()
        let findings = try I2CScan.findings(on: bus, clock: self.clock)
        #expect(findings.contains(I2CScan.Finding(0x76, .chip("BME280"))))
    }

    @Test(
        "a bus that does not move is given up after three time-outs, a missing adapter at once",
        arguments: [(SensorFault.Reason.timeout, 3), (.adapterGone, 0), (.permission, 0)]
    )
    func brokenBus(reason: SensorFault.Reason, transfers: Int) {
        self.bus.broken = reason
        let fault = #expect(throws: SensorFault.self) { try self.scan() }
        #expect(fault?.reason == reason)
        #expect(self.bus.transfers.count == transfers)
    }
}

/// Acknowledges everything and answers nothing that makes sense.
private final class FakeSilence: FakeChip {
    func write(_ bytes: [UInt8], at now: Duration) throws(SensorFault) {}
    func read(_ count: Int, at now: Duration) throws(SensorFault) -> [UInt8] { [UInt8](repeating: 0xFF, count: count) }
}

/// A controller with the quirk of the DesignWare block.
private final class NoEmptyWrites: I2CBus {
    let inner: FakeI2CBus

    init(clock: ManualClock) {
        self.inner = FakeI2CBus(clock: clock)
    }

    func claim(_ address: UInt8) throws(SensorFault) { try self.inner.claim(address) }

    func write(_ bytes: [UInt8], to address: UInt8) throws(SensorFault) {
        if bytes.isEmpty { throw SensorFault(.busError, retry: .afterRepair) }
        try self.inner.write(bytes, to: address)
    }

    func read(_ count: Int, from address: UInt8) throws(SensorFault) -> [UInt8] {
        try self.inner.read(count, from: address)
    }

    func writeRead(_ bytes: [UInt8], _ count: Int, at address: UInt8) throws(SensorFault) -> [UInt8] {
        try self.inner.writeRead(bytes, count, at: address)
    }
}

@Suite("sensors that the kernel shows")
struct KernelScanTests {
    @Test("hwmon, iio and 1-Wire sensors are listed with the line that reads them; what has no channel is left out")
    func findings() {
        let files = FakeSysfs()
        files.files = [
            "/sys/class/hwmon/hwmon0/name": "cpu_thermal\n", "/sys/class/hwmon/hwmon0/temp1_input": "48000\n",
            "/sys/class/hwmon/hwmon1/name": "rpi_volt\n", "/sys/class/hwmon/hwmon1/in0_lcrit_alarm": "0\n",
            "/sys/class/hwmon/hwmon2/name": "sht3x\n", "/sys/class/hwmon/hwmon2/temp1_input": "1",
            "/sys/class/hwmon/hwmon2/humidity1_input": "1", "/sys/class/hwmon/hwmon3/name": "sht3x\n",
            "/sys/class/hwmon/hwmon3/temp1_input": "1", "/sys/bus/iio/devices/iio:device0/name": "dht11@4\n",
            "/sys/bus/iio/devices/iio:device0/in_temp_input": "1",
            "/sys/bus/iio/devices/iio:device0/in_humidityrelative_input": "1",
            "/sys/bus/iio/devices/iio:device1/name": "bmp280\n",
            "/sys/bus/iio/devices/iio:device1/in_pressure_input": "100",
            "/sys/bus/w1/devices/28-0316a2794ef3/w1_slave": "", "/sys/bus/w1/devices/w1_bus_master1/name": "x",
        ]
        files.canonical = [
            "/sys/class/hwmon/hwmon2/device": "/sys/devices/i2c-1/1-0044",
            "/sys/class/hwmon/hwmon3/device": "/sys/devices/i2c-1/1-0045",
        ]
        let findings = KernelScan.findings(in: files)
        #expect(
            findings.map(\.configuration) == [
                "- {type: hwmon, driver: cpu_thermal}", "- {type: hwmon, driver: sht3x, device: 1-0044}",
                "- {type: hwmon, driver: sht3x, device: 1-0045}", "- {type: dht22}", "- {type: iio, driver: bmp280}",
                "- {type: ds18b20, device: 28-0316a2794ef3}",
            ]
        )
        #expect(findings[1].quantities == [.temperature, .humidity])
        #expect(findings[4].quantities == [.pressure])
    }

    @Test("the driver that owns an address is named")
    func owner() {
        let files = FakeSysfs()
        files.files = ["/sys/bus/i2c/devices/1-0040/name": "si7020\n", "/sys/bus/i2c/devices/13-0076/name": "bmp280\n"]
        #expect(KernelScan.driver(at: 0x40, of: "/dev/i2c-1", in: files) == "si7020")
        #expect(KernelScan.driver(at: 0x76, of: "/dev/i2c-13", in: files) == "bmp280")
        #expect(KernelScan.driver(at: 0x44, of: "/dev/i2c-1", in: files) == nil)
        #expect(KernelScan.driver(at: 0x44, of: "/dev/i2c-x", in: files) == nil)
    }
}
