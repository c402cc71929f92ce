import Foundation
import SensorKit
import SensorTestSupport
import Testing

@Suite("the built agent and its system calls on emulated I2C adapters", .enabled(if: I2CShim.compiler != nil))
struct I2CProcessTests {
    private let temporary: TemporaryFolder
    private var folder: URL { self.temporary.url }
    private let library: String

    init() throws {
        self.temporary = try TemporaryFolder()
        self.library = try I2CShim.build(in: self.temporary.url)
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
        #expect(await agent.exitStatus() == 0)
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
        #expect(await eventually(within: .seconds(60)) { Self.conversions(adapter) >= 2 })
        adapter.withBus { ($0.chips[0x44] as? FakeSHT3x)?.garbledResults = 14 }
        #expect(await agent.logs("sensor room (sht3x on /dev/i2c-9 at 0x44) fails: crc", within: .seconds(60)))
        #expect(await agent.logs("sensor room works again", within: .seconds(60)))
        agent.terminate()
        #expect(await agent.exitStatus(within: .seconds(60)) == 0)
        #expect(agent.logText.components(separatedBy: "fails:").count == 2)
        #expect(!agent.outputText.contains("\"readErrors\":0"))
        #expect(await eventually(within: .seconds(60)) { adapter.descriptors.openNow == 0 })
    }

    @Test("a chip whose bits never move is initialised once more, after ten minutes and not before")
    func stuck() async throws {
        let emulator = try I2CEmulator(in: self.folder, speed: 200)
        let adapter = emulator.adapter("/dev/i2c-9")
        adapter.withBus { $0.chips[0x44] = FakeSHT3x() }
        let agent = try self.start("run", sensors: Self.room, on: emulator)
        #expect(await eventually(within: .seconds(60)) { Self.resets(adapter) == 2 })
        #expect(Self.conversions(adapter) >= 120)
        let again = Self.conversions(adapter)
        #expect(await eventually(within: .seconds(60)) { Self.conversions(adapter) >= again + 130 })
        #expect(Self.resets(adapter) == 2, "it was initialised more than once")
        agent.terminate()
        #expect(await agent.exitStatus(within: .seconds(60)) == 0)
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
        #expect(await eventually(within: .seconds(60)) { Self.conversions(adapter) >= 2 })
        adapter.withBus { $0.broken = .timeout }
        #expect(await agent.logs("bus i2c /dev/i2c-9 is locked", within: .seconds(60)))
        let before = Self.conversions(neighbour)
        #expect(await eventually(within: .seconds(60)) { Self.conversions(neighbour) >= before + 5 })
        adapter.withBus { $0.broken = nil }
        #expect(await agent.logs("bus i2c /dev/i2c-9 works again", within: .seconds(60)))
        agent.terminate()
        #expect(await agent.exitStatus(within: .seconds(60)) == 0)
        #expect(agent.logText.components(separatedBy: "is locked").count == 2)
        #expect(!agent.logText.contains("sensor yard"))
    }

    @Test("an adapter pulled out and plugged in again and again is used again, and no descriptor is left behind")
    func replug() async throws {
        let emulator = try I2CEmulator(in: self.folder, speed: 50)
        let adapter = emulator.adapter("/dev/i2c-9")
        adapter.withBus { $0.chips[0x44] = FakeSHT3x() }
        let agent = try self.start("run", sensors: Self.room, on: emulator)
        #expect(await eventually(within: .seconds(60)) { Self.conversions(adapter) >= 2 })
        let before = agent.descriptorCount
        for round in 1...4 {
            adapter.plug(false)
            #expect(await agent.logs("is unavailable: adapter_gone: there is no /dev/i2c-9", times: round))
            #expect(await eventually(within: .seconds(60)) { adapter.descriptors.openNow == 0 }, "it is still open")
            adapter.plug(true)
            #expect(await agent.logs("sensor room works again", times: round))
            #expect(adapter.descriptors.openNow == 1 && adapter.descriptors.opens == round + 1)
        }
        #expect(agent.descriptorCount <= before + 1, "descriptors leak")
        agent.terminate()
        #expect(await agent.exitStatus(within: .seconds(60)) == 0)
    }

    private static func conversions(_ adapter: I2CEmulator.Adapter) -> Int {
        adapter.withBus { ($0.chips[0x44] as? FakeSHT3x)?.conversions ?? 0 }
    }

    private static func resets(_ adapter: I2CEmulator.Adapter) -> Int {
        adapter.withBus { ($0.chips[0x44] as? FakeSHT3x)?.resets ?? 0 }
    }
}
