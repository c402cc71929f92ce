import BoardTestSupport
import Foundation
import SensorKit
import SensorTestSupport
import TestSupport
import Testing

@Suite("the built agent and its system calls on emulated I2C adapters", .enabled(if: BoardShim.compiler != nil))
struct I2CProcessTests {
    private let temporary: TemporaryFolder
    private var folder: URL { self.temporary.url }
    private let library: String

    init() throws {
        self.temporary = try TemporaryFolder()
        self.library = try BoardShim.library()
    }

    /// The program with these sensors; `speed` as that of the emulator.
    private func start(
        _ command: String,
        _ options: String...,
        sensors: String,
        on emulator: I2CEmulator
    ) throws -> AgentProcess {
        let text = """
            sampling: {intervalMilliseconds: 1000}
            stop: {waitSeconds: 0}
            tls: {enabled: false}
            mqtt: {port: 1}
            sensors:
            \(sensors)
            """
        try Data(text.utf8).write(to: self.folder.appendingPathComponent("agent.yaml"))
        var environment = emulator.environment(library: self.library)
        environment["WEIR_AGENT_CONNECTION_STRING"] = "HostName=localhost;DeviceId=d;SharedAccessKey=YWJj"
        let arguments = [command, "--config", "agent.yaml"] + options
        return try AgentProcess(arguments, in: self.folder, environment: environment)
    }

    private static let room = "- {type: sht3x, name: room, bus: /dev/i2c-9}"

    @Test("check measures every chip of the catalog through its own system calls")
    func everyChip() async throws {
        let emulator = try I2CEmulator(in: self.folder, speed: 20)
        var lines: [String] = []
        for (index, sample) in FakeChips.all.enumerated() {
            let bus = "/dev/i2c-\(index)"
            emulator.adapter(bus).withBus { $0.chips[sample.address] = sample.make() }
            lines.append("- {type: \(sample.name), name: \(sample.name), bus: \(bus), prefix: \(sample.name)_}")
        }
        let agent = try self.start("check", sensors: lines.joined(separator: "\n"), on: emulator)
        #expect(await agent.exitStatus() != nil)  // 1: there is no gateway
        #expect(!agent.outputText.contains("✗ sensor"))
        for (index, sample) in FakeChips.all.enumerated() {
            let values = sample.entry.quantities.map { quantity in
                let value = ((sample.values[quantity] ?? .nan) * 100).rounded() / 100
                return ", \(sample.name)_\(quantity.rawValue) " + String(format: "%.2f ", value) + quantity.unit
            }
            let address = String(sample.address, radix: 16)
            let place = "\(sample.name) on /dev/i2c-\(index) at 0x\(address)"
            let line = "✓ sensor \(sample.name): \(place)\(values.joined())\n"
            #expect(agent.outputText.contains(line), "\(line)\(agent.outputText)")
            #expect(emulator.adapter("/dev/i2c-\(index)").descriptors.opens == 1)
        }
    }

    @Test(
        "each fault of the bus is named, with what to do, and gives no number",
        arguments: [
            (.nack, "nack: nothing answers at 0x44"), (.crc, "crc: wrong checksum"),
            (.timeout, "timeout: /dev/i2c-9 does not move"), (.claimed, "claimed: a kernel driver owns 0x44"),
            (.adapterGone, "adapter_gone: there is no /dev/i2c-9"), (.wrongChip, "wrong_chip: found SHT4x"),
            (.permission, "permission: no access to /dev/i2c-9; add the agent's user to the group i2c"),
            (.busError, "bus_error: 0x44 on /dev/i2c-9"), (.arbitration, "arbitration: another controller"),
        ] as [(SensorFault.Reason, String)]
    )
    func faults(fault: SensorFault.Reason, says: String) async throws {
        let emulator = try I2CEmulator(in: self.folder)
        let adapter = emulator.adapter("/dev/i2c-9")
        adapter.withBus { bus in
            let chip = FakeSHT3x()
            bus.chips[0x44] = chip
            switch fault {
            case .crc: chip.garbledResults = 100
            case .wrongChip: bus.chips[0x44] = FakeSHT4x()
            case .claimed: bus.claimed = [0x44]
            case .nack: bus.chips = [:]
            case .adapterGone: break
            default: bus.broken = fault
            }
        }
        if fault == .adapterGone { adapter.plug(false) }
        let agent = try self.start("check", sensors: Self.room, on: emulator)
        #expect(await agent.exitStatus() == 1)
        #expect(agent.outputText.contains("✗ sensor room: sht3x on /dev/i2c-9 at 0x44, \(says)"), "\(agent.outputText)")
        #expect(!agent.outputText.contains("°C"))
    }

    @Test("a running agent reports a fault once and the recovery once, and counts the samples in between")
    func recovery() async throws {
        let emulator = try I2CEmulator(in: self.folder, speed: 10)
        let adapter = emulator.adapter("/dev/i2c-9")
        adapter.withBus { $0.chips[0x44] = FakeSHT3x() }
        let agent = try self.start("run", "--summary", sensors: Self.room, on: emulator)
        try await eventually { Self.conversions(adapter) >= 2 }
        adapter.withBus { ($0.chips[0x44] as? FakeSHT3x)?.garbledResults = 14 }
        #expect(await agent.logs("sensor room (sht3x on /dev/i2c-9 at 0x44) fails: crc"))
        #expect(await agent.logs("sensor room works again"))
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        #expect(agent.logText.components(separatedBy: "fails:").count == 2)
        #expect(!agent.outputText.contains("\"readErrors\":0"))
        try await eventually { adapter.descriptors.openNow == 0 }
    }

    @Test("a chip whose bits never move is initialised once more, after ten minutes and not before")
    func stuck() async throws {
        let emulator = try I2CEmulator(in: self.folder, speed: 200)
        let adapter = emulator.adapter("/dev/i2c-9")
        adapter.withBus { $0.chips[0x44] = FakeSHT3x() }
        let agent = try self.start("run", sensors: Self.room, on: emulator)
        try await eventually { Self.resets(adapter) == 2 }
        #expect(Self.conversions(adapter) >= 120)
        let again = Self.conversions(adapter)
        try await eventually { Self.conversions(adapter) >= again + 130 }
        #expect(Self.resets(adapter) == 2, "it was initialised more than once")
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
    }

    @Test("a bus held low is reported and left alone; its neighbour goes on, and it comes back by itself")
    func lockedBus() async throws {
        let emulator = try I2CEmulator(in: self.folder, speed: 20)
        let adapter = emulator.adapter("/dev/i2c-9")
        let neighbour = emulator.adapter("/dev/i2c-8")
        adapter.withBus { bus in
            bus.chips[0x44] = FakeSHT3x()
            bus.chips[0x45] = FakeSHT3x()
        }
        neighbour.withBus { $0.chips[0x44] = FakeSHT3x() }
        let agent = try self.start(
            "run",
            sensors: """
                - {type: sht3x, name: room, bus: /dev/i2c-9}
                - {type: sht3x, name: hall, bus: /dev/i2c-9, address: 0x45, prefix: hall_}
                - {type: sht3x, name: yard, bus: /dev/i2c-8, prefix: yard_}
                """,
            on: emulator
        )
        try await eventually { Self.conversions(adapter) >= 2 }
        adapter.withBus { $0.broken = .timeout }
        #expect(await agent.logs("bus i2c /dev/i2c-9 is locked"))
        let before = Self.conversions(neighbour)
        try await eventually { Self.conversions(neighbour) >= before + 5 }
        adapter.withBus { $0.broken = nil }
        #expect(await agent.logs("bus i2c /dev/i2c-9 works again"))
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        #expect(agent.logText.components(separatedBy: "is locked").count == 2)
        #expect(!agent.logText.contains("sensor yard"))
    }

    @Test("an adapter pulled out and plugged in again and again is used again, and no descriptor is left behind")
    func replug() async throws {
        let emulator = try I2CEmulator(in: self.folder, speed: 50)
        let adapter = emulator.adapter("/dev/i2c-9")
        adapter.withBus { $0.chips[0x44] = FakeSHT3x() }
        let agent = try self.start("run", sensors: Self.room, on: emulator)
        try await eventually { Self.conversions(adapter) >= 2 }
        let before = agent.descriptorCount
        for round in 1...4 {
            adapter.plug(false)
            #expect(await agent.logs("is unavailable: adapter_gone: there is no /dev/i2c-9", times: round))
            try await eventually("it is closed") { adapter.descriptors.openNow == 0 }
            adapter.plug(true)
            #expect(await agent.logs("sensor room works again", times: round))
            #expect(adapter.descriptors.openNow == 1 && adapter.descriptors.opens == round + 1)
        }
        #expect(agent.descriptorCount <= before + 1, "descriptors leak")
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
    }

    /// Writes a kernel driver's file.
    private func kernel(_ path: String, _ text: String) throws {
        let file = self.folder.appendingPathComponent(String(path.dropFirst()))
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
    }

    @Test("check reads what kernel drivers show: hwmon, iio, DHT22 and DS18B20")
    func kernelDrivers() async throws {
        let emulator = try I2CEmulator(in: self.folder)
        try self.kernel("/sys/class/hwmon/hwmon3/name", "sht3x\n")
        try self.kernel("/sys/class/hwmon/hwmon3/temp1_input", "-5177\n")
        try self.kernel("/sys/class/hwmon/hwmon3/humidity1_input", "78502\n")
        try self.kernel("/sys/bus/iio/devices/iio:device0/name", "si7020\n")
        for (name, text) in [
            ("temp_raw", "6784"), ("temp_offset", "-4368"), ("temp_scale", "10.725097"),
            ("humidityrelative_raw", "7340"), ("humidityrelative_offset", "-786"),
            ("humidityrelative_scale", "7.629394"),
        ] {
            try self.kernel("/sys/bus/iio/devices/iio:device0/in_\(name)", "\(text)\n")
        }
        try self.kernel("/sys/bus/iio/devices/iio:device1/name", "dht11@4\n")
        try self.kernel("/sys/bus/iio/devices/iio:device1/in_temp_input", "35100\n")
        try self.kernel("/sys/bus/iio/devices/iio:device1/in_humidityrelative_input", "65200\n")
        let scratchpad = "72 01 4b 46 7f ff 0e 10 57"
        try self.kernel(
            "/sys/bus/w1/devices/28-0316a2794ef3/w1_slave",
            "\(scratchpad) : crc=57 YES\n\(scratchpad) t=23125\n"
        )
        try self.kernel("/sys/bus/w1/devices/28-0316a2794ef3/features", "0\n")
        try self.kernel("/sys/bus/i2c/devices/9-0044/name", "sht3x\n")
        emulator.adapter("/dev/i2c-9").withBus { $0.claimed = [0x44] }
        let agent = try self.start(
            "check",
            sensors: """
                - {type: hwmon, name: a, driver: sht3x, prefix: a_}
                - {type: iio, name: b, driver: si7020, prefix: b_}
                - {type: dht22, name: c, prefix: c_}
                - {type: ds18b20, name: d, prefix: d_}
                - {type: sht3x, name: e, prefix: e_, bus: /dev/i2c-9}
                """,
            on: emulator
        )
        #expect(await agent.exitStatus() == 1)
        for line in [
            "✓ sensor a: hwmon 'sht3x', a_temperature -5.18 °C, a_humidity 78.50 %RH\n",
            "✓ sensor b: iio 'si7020', b_temperature 25.91 °C, b_humidity 50.00 %RH\n",
            "✓ sensor c: DHT22, iio 'dht11', c_temperature 35.10 °C, c_humidity 65.20 %RH\n",
            "✓ sensor d: DS18B20, d_temperature 23.13 °C\n",
            "claimed: a kernel driver (sht3x) owns 0x44 on /dev/i2c-9; read it with type hwmon or iio instead\n",
        ] {
            #expect(agent.outputText.contains(line), "\(line)\(agent.outputText)")
        }
        let features = self.folder.appendingPathComponent("sys/bus/w1/devices/28-0316a2794ef3/features")
        #expect(try String(contentsOf: features, encoding: .utf8).hasPrefix("1"))
    }

    @Test("check says when a sensor that measures by itself gives nothing, and clips humidity after the offset")
    func silence() async throws {
        let emulator = try I2CEmulator(in: self.folder, speed: 20)
        emulator.adapter("/dev/i2c-9").withBus { bus in
            let slow = FakeSCD4x()
            slow.period = .seconds(14)
            bus.chips[0x62] = slow
            let damp = FakeSHT4x()
            damp.humidity = 0xFFFF  // 119 %RH by the formula
            bus.chips[0x44] = damp
        }
        let agent = try self.start(
            "check",
            sensors: """
                - {type: scd4x, name: slow, bus: /dev/i2c-9, prefix: s_}
                - {type: sht4x, name: damp, bus: /dev/i2c-9, prefix: d_}
                """,
            on: emulator
        )
        #expect(await agent.exitStatus() == 1)
        #expect(agent.outputText.contains("✗ sensor slow: scd4x on /dev/i2c-9 at 0x62, nothing came within 12 s\n"))
        #expect(agent.outputText.contains("d_temperature 25.00 °C, d_humidity 100.00 %RH\n"), "\(agent.outputText)")
    }

    @Test("a kernel driver that goes away and comes back under another number is read again")
    func kernelReplug() async throws {
        let emulator = try I2CEmulator(in: self.folder, speed: 50)
        let hwmon = self.folder.appendingPathComponent("sys/class/hwmon")
        try self.kernel("/sys/class/hwmon/hwmon3/name", "sht3x\n")
        try self.kernel("/sys/class/hwmon/hwmon3/temp1_input", "21420\n")
        let agent = try self.start("run", sensors: "- {type: hwmon, name: room, driver: sht3x}", on: emulator)
        #expect(await agent.logs("starts with 1 sensor"))
        try FileManager.default.moveItem(
            at: hwmon.appendingPathComponent("hwmon3"),
            to: hwmon.appendingPathComponent("gone")
        )
        #expect(await agent.logs("sensor room (hwmon 'sht3x') is unavailable: adapter_gone"))
        try FileManager.default.moveItem(
            at: hwmon.appendingPathComponent("gone"),
            to: hwmon.appendingPathComponent("hwmon5")
        )
        #expect(await agent.logs("sensor room works again"))
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
    }

    private static func conversions(_ adapter: I2CEmulator.Adapter) -> Int {
        adapter.withBus { ($0.chips[0x44] as? FakeSHT3x)?.conversions ?? 0 }
    }

    private static func resets(_ adapter: I2CEmulator.Adapter) -> Int {
        adapter.withBus { ($0.chips[0x44] as? FakeSHT3x)?.resets ?? 0 }
    }
}
