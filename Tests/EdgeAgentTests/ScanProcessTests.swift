import BoardTestSupport
import Foundation
import SensorTestSupport
import Testing

@Suite("weir-agent scan on emulated I2C adapters", .enabled(if: BoardShim.compiler != nil))
struct ScanProcessTests {
    private let temporary: TemporaryFolder
    private var folder: URL { self.temporary.url }
    private let library: String

    init() throws {
        self.temporary = try TemporaryFolder()
        self.library = try BoardShim.library()
    }

    private func scan(_ arguments: String..., on emulator: I2CEmulator) throws -> AgentProcess {
        try AgentProcess(
            ["scan"] + arguments,
            in: self.folder,
            environment: emulator.environment(library: self.library)
        )
    }

    @Test(
        "chips are named with what to configure, a claimed address is left alone, and nothing is left open or changed"
    )
    func chips() async throws {
        let emulator = try I2CEmulator(in: self.folder)
        let adapter = emulator.adapter("/dev/i2c-9")
        adapter.withBus { bus in
            bus.chips[0x44] = FakeSHT3x()
            bus.chips[0x76] = FakeBME280()
            bus.chips[0x48] = FakeTMP117()
            bus.claimed = [0x48]
        }
        let device = self.folder.appendingPathComponent("sys/bus/i2c/devices/9-0048")
        try FileManager.default.createDirectory(at: device, withIntermediateDirectories: true)
        try Data("tmp102\n".utf8).write(to: device.appendingPathComponent("name"))
        let agent = try self.scan("/dev/i2c-9", on: emulator)
        #expect(await agent.exitStatus() == 0)
        let text = agent.outputText
        #expect(text.contains("- {type: sht3x, bus: /dev/i2c-9, address: 0x44}"), "\(text)")
        #expect(text.contains("- {type: bme280, bus: /dev/i2c-9, address: 0x76}"), "\(text)")
        #expect(text.contains("/dev/i2c-9 0x48  claimed by a kernel driver, tmp102\n"), "\(text)")
        #expect(text.split(separator: "\n").count == 5, "\(text)")
        let (conversions, resets) = adapter.withBus { bus in
            let chip = bus.chips[0x44] as? FakeSHT3x
            return (chip?.conversions, chip?.resets)
        }
        #expect(conversions == 0 && resets == 0, "a scan only asks")
    }

    @Test("an adapter that is empty, is not there, or may not be used says so")
    func faults() async throws {
        let emulator = try I2CEmulator(in: self.folder)
        _ = emulator.adapter("/dev/i2c-8")
        emulator.adapter("/dev/i2c-9").plug(false)
        let agent = try self.scan("--json", "/dev/i2c-8", "/dev/i2c-9", on: emulator)
        #expect(await agent.exitStatus() == 1)
        let lines = agent.outputText.split(separator: "\n")
        #expect(lines.first == #"{"kind":"i2c","place":"/dev/i2c-8","found":"nothing answers","failed":false}"#)
        #expect(lines.last?.contains(#""found":"adapter_gone: there is no /dev/i2c-9"#) == true, "\(agent.outputText)")
        #expect(lines.last?.hasSuffix(#""failed":true}"#) == true)
    }
}
