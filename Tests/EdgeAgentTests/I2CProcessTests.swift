import Foundation
import Testing

@Suite("the built agent and its system calls on an emulated I2C adapter", .enabled(if: I2CShim.compiler != nil))
struct I2CProcessTests {
    private let temporary: TemporaryFolder
    private var folder: URL { self.temporary.url }
    private let library: String
    private let faultFile: URL

    init() throws {
        self.temporary = try TemporaryFolder()
        let folder = self.temporary.url
        self.library = try I2CShim.build(in: folder)
        self.faultFile = folder.appendingPathComponent("fault")
        let text = """
            sampling: {intervalMilliseconds: 100}
            stop: {waitSeconds: 0}
            tls: {enabled: false}
            mqtt: {port: 1}
            sensors: [{type: sht3x, name: room, bus: /dev/i2c-9}]
            """
        try Data(text.utf8).write(to: folder.appendingPathComponent("agent.yaml"))
    }

    private func start(_ command: String, _ options: String...) throws -> AgentProcess {
        try AgentProcess(
            [command, "--config", "agent.yaml"] + options,
            in: self.folder,
            environment: [
                "LD_PRELOAD": self.library, "WEIR_SHIM_FAULT": self.faultFile.path,
                "WEIR_AGENT_CONNECTION_STRING": "HostName=localhost;DeviceId=d;SharedAccessKey=YWJj",
            ]
        )
    }

    private func inject(_ fault: String) throws {
        try Data(fault.utf8).write(to: self.faultFile, options: .atomic)
    }

    @Test("check measures 25.00 °C and 50.00 %RH through I2C_RDWR")
    func check() async throws {
        let agent = try self.start("check")
        #expect(await agent.exitStatus() == 0)
        #expect(
            agent.outputText.contains(
                "✓ sensor room: sht3x on /dev/i2c-9 at 0x44, temperature 25.00 °C, humidity 50.00 %RH\n"
            ),
            "\(agent.outputText)"
        )
    }

    @Test(
        "each fault of the bus is named, with what to do, and gives no number",
        arguments: [
            ("nack", "nack: nothing answers at 0x44"), ("crc", "crc: wrong checksum"),
            ("timeout", "timeout: /dev/i2c-9 does not move"), ("busy", "claimed: a kernel driver owns 0x44"),
            ("gone", "adapter_gone: there is no /dev/i2c-9"), ("wrong", "wrong_chip: found SHT4x"),
        ]
    )
    func faults(fault: String, says: String) async throws {
        try self.inject(fault)
        let agent = try self.start("check")
        #expect(await agent.exitStatus() == 1)
        #expect(agent.outputText.contains("✗ sensor room: sht3x on /dev/i2c-9 at 0x44, \(says)"), "\(agent.outputText)")
        #expect(!agent.outputText.contains("°C"))
    }

    @Test("a running agent reports a fault once and the recovery once, and counts the samples in between")
    func recovery() async throws {
        let agent = try self.start("run", "--summary")
        #expect(await agent.logs("no connection"))
        try self.inject("crc")
        #expect(await agent.logs("sensor room (sht3x on /dev/i2c-9 at 0x44) fails: crc"))
        try self.inject("")
        #expect(await agent.logs("sensor room works again"))
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        #expect(agent.logText.components(separatedBy: "fails:").count == 2)
        #expect(!agent.outputText.contains("\"readErrors\":0"))
    }
}
