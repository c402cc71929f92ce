import Foundation
import TestSupport
import Testing

@Suite("the built agent against Debian's mosquitto over TLS", .serialized, .enabled(if: TestBroker.isInstalled))
struct AgentProcessTests {
    private static let connection =
        "HostName=localhost;DeviceId=dev1;SharedAccessKey=ZGV2MS1wcmltYXJ5LWtleS0wMTIzNDU2Nzg5YWJjZGVm"

    private let broker: TestBroker

    init() throws {
        self.broker = try TestBroker()
    }

    private func run(mqtt: String = "", tls: String = "caFile: ca.pem", extra: String = "") throws -> AgentProcess {
        try self.broker.write(
            """
            mqtt: {port: \(self.broker.port), reconnectMaxSeconds: 1\(mqtt.isEmpty ? "" : ", \(mqtt)")}
            tls: {\(tls)}
            clock: {trustSystem: true}
            sampling: {intervalMilliseconds: 100}
            sensors: [{type: simulated}]
            \(extra)
            """,
            to: "agent.yaml"
        )
        return try AgentProcess(
            ["run", "--config", "agent.yaml", "--summary"],
            in: self.broker.folder,
            environment: ["WEIR_AGENT_CONNECTION_STRING": Self.connection]
        )
    }

    private struct Summary: Decodable, Equatable {
        var sent: Int
        var acknowledged: Int
        var dropped: Int
        var readErrors: Int
    }

    private func summary(_ agent: AgentProcess) throws -> Summary {
        try JSONDecoder().decode(Summary.self, from: Data(agent.outputText.utf8))
    }

    @Test("it connects, publishes at QoS 1, and SIGTERM ends it with everything acknowledged and a summary")
    func publish() async throws {
        try await self.broker.start()
        let agent = try self.run()
        try await eventually { self.broker.count("Sending PUBACK to dev1") >= 5 }
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        let summary = try self.summary(agent)
        #expect(summary.sent >= 5)
        #expect(summary == Summary(sent: summary.sent, acknowledged: summary.sent, dropped: 0, readErrors: 0))
        #expect(self.broker.count("Sending PUBACK to dev1") == summary.sent)
        let log = self.broker.log
        #expect(
            log.contains("dev1 (p2, c0, k60, u'localhost/dev1/?api-version=2021-04-12&DeviceClientType=weir-agent%2F")
        )
        let topic = "devices/dev1/messages/events/%24.ct=application%2Fjson&%24.ce=utf-8&weir-epoch="
        #expect(log.contains("(d0, q1, r0, m") && log.contains(", '\(topic)"))
        #expect(log.contains("&weir-seq=0&weir-count=1'") && log.contains("&weir-seq=1&weir-count=1'"))
        #expect(log.contains("Received DISCONNECT from dev1"))
        #expect(agent.logText.hasPrefix("<5>weir-agent "))
        #expect(!agent.logText.contains("ZGV2MS1wcmltYXJ5"), "the key is in the log")
    }

    @Test("while the broker is down readings wait, and after its restart all of them arrive")
    func restart() async throws {
        try await self.broker.start()
        let agent = try self.run()
        #expect(await agent.logs("connected to"))
        try await eventually { self.broker.count("Sending PUBACK to dev1") >= 3 }
        self.broker.kill()
        #expect(await agent.logs("connection lost"))
        let before = self.broker.count("Sending PUBACK to dev1")
        #expect(await agent.logs("no connection"))
        try await self.broker.start()
        #expect(await agent.logs("connected to", times: 2))
        try await eventually { self.broker.count("Sending PUBACK to dev1") >= before + 18 }
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        let summary = try self.summary(agent)
        #expect(summary.acknowledged == summary.sent && summary.dropped == 0)
        #expect(agent.logText.components(separatedBy: "no connection").count <= 2, "each attempt was logged")
    }

    @Test("what was sent and not acknowledged is sent again on the next connection, and counted once")
    func resend() async throws {
        try await self.broker.start()
        let agent = try self.run()
        try await eventually { self.broker.count("Sending PUBACK to dev1") >= 3 }
        self.broker.freeze()  // takes bytes, acknowledges nothing
        try await Task.sleep(for: .seconds(1))
        self.broker.kill()
        try await self.broker.start()
        #expect(await agent.logs("connected to", times: 2))
        let lost = agent.logText.split(separator: "\n").first { $0.contains("connection lost") } ?? ""
        #expect(!lost.contains("; 0 readings"), "nothing was in flight: \(lost)")
        try await Task.sleep(for: .milliseconds(500))
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        let summary = try self.summary(agent)
        #expect(summary.acknowledged == summary.sent && summary.dropped == 0)
    }

    @Test("a broker that never answers holds SIGTERM up for the configured time, not longer")
    func frozen() async throws {
        try await self.broker.start()
        let agent = try self.run(extra: "stop: {waitSeconds: 1}")
        try await eventually { self.broker.count("Sending PUBACK to dev1") >= 1 }
        self.broker.freeze()
        try await Task.sleep(for: .milliseconds(400))
        let start = ContinuousClock.now
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        #expect(ContinuousClock.now - start >= .seconds(1))
        self.broker.thaw()
        let summary = try self.summary(agent)
        #expect(summary.acknowledged < summary.sent)
    }

    @Test("a certificate of another authority or for another name is refused, and nothing is sent")
    func verification() async throws {
        try await self.broker.start()
        for (mqtt, tls) in [("", "caFile: other.pem"), ("host: 127.0.0.1", "caFile: ca.pem")] {
            let agent = try self.run(mqtt: mqtt, tls: tls, extra: "stop: {waitSeconds: 0}")
            #expect(await agent.logs("TLS with"))
            agent.terminate()
            #expect(await agent.exitStatus() == 0)
            #expect(!agent.logText.contains("connected to"))
            #expect(try self.summary(agent).sent == 0)
        }
        #expect(self.broker.count("PUBLISH") == 0)
    }

    @Test("without any broker it starts, waits, counts what it could not send, and ends cleanly")
    func offline() async throws {
        let agent = try self.run(extra: "stop: {waitSeconds: 1}")
        #expect(await agent.logs("Connection refused"))
        try await Task.sleep(for: .milliseconds(500))
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        let summary = try self.summary(agent)
        #expect(summary.sent == 0 && summary.dropped >= 5)
    }

    @Test("a host that never completes a connection does not hold up the end")
    func blackHole() async throws {
        let hole = try BlackHole()
        try self.broker.write(
            """
            mqtt: {host: 127.0.0.1, port: \(hole.port)}
            tls: {enabled: false}
            sampling: {intervalMilliseconds: 100}
            stop: {waitSeconds: 1}
            sensors: [{type: simulated}]
            """,
            to: "agent.yaml"
        )
        let agent = try AgentProcess(
            ["run", "--config", "agent.yaml", "--summary"],
            in: self.broker.folder,
            environment: ["WEIR_AGENT_CONNECTION_STRING": Self.connection]
        )
        #expect(await agent.logs("starts with 1 sensor"))
        try await Task.sleep(for: .milliseconds(500))
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        #expect(!agent.logText.contains("did not end in time"))
        let summary = try self.summary(agent)
        #expect(summary.sent == 0 && summary.dropped >= 3)
    }

    @Test("a token is renewed while running: reconnected without a pause, nothing lost")
    func renewal() async throws {
        try await self.broker.start()
        let agent = try self.run(mqtt: "tokenLifeSeconds: 60")
        #expect(await agent.logs("renewing the token"))
        #expect(await agent.logs("connected to", times: 2))
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        let summary = try self.summary(agent)
        #expect(summary.sent > 200)
        #expect(summary.acknowledged == summary.sent && summary.dropped == 0)
        #expect(!agent.logText.contains("lost"))
    }
}

@Suite("the built agent's commands")
struct AgentCommandProcessTests {
    private let temporary: TemporaryFolder
    private var folder: URL { self.temporary.url }

    init() throws {
        self.temporary = try TemporaryFolder()
    }

    private func run(_ arguments: String...) async throws -> (status: Int32?, output: String, log: String) {
        let agent = try AgentProcess(arguments, in: self.folder)
        let status = await agent.exitStatus()
        return (status, agent.outputText, agent.logText)
    }

    private func write(_ text: String) throws {
        try Data(text.utf8).write(to: self.folder.appendingPathComponent("agent.yaml"))
    }

    @Test("check reads each sensor once, prints ✓ and values, and fails with ✗ for one that is not there")
    func check() async throws {
        try self.write("sensors: [{type: simulated, name: air}]")
        let good = try await self.run("check", "--config", "agent.yaml")
        #expect(good.status == 0)
        #expect(good.output.contains("✓ configuration: agent.yaml\n"))
        #expect(good.output.contains("! connection: no connection string yet"))
        #expect(good.output.contains("✓ sensor air: simulated, temperature "))
        #expect(good.output.contains(" °C, humidity ") && good.output.contains(" %RH\n"))

        try self.write("sensors: [{type: simulated, name: air}, {type: sht3x, bus: /dev/i2c-weir, prefix: x_}]")
        let bad = try await self.run("check", "--config", "agent.yaml")
        #expect(bad.status == 1)
        #expect(bad.output.contains("✓ sensor air"))
        #expect(
            bad.output.contains(
                "✗ sensor sht3x: sht3x on /dev/i2c-weir at 0x44, adapter_gone: there is no /dev/i2c-weir"
            )
        )
    }

    @Test("check --json prints one object per check")
    func checkJSON() async throws {
        try self.write("sensors: [{type: simulated, name: air}]")
        let result = try await self.run("check", "--config", "agent.yaml", "--json")
        let lines = result.output.split(separator: "\n")
        let objects = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
        let checks = objects.compactMap { $0?["check"] as? String }
        #expect(["configuration", "permissions", "clock", "connection", "tls"].allSatisfy(checks.contains))
        #expect(checks.last == "sensor")
        #expect(objects.allSatisfy { ["ok", "warning", "failure"].contains($0?["status"] as? String) })
        let values = objects.last??["values"] as? [String: Double]
        #expect(values?.keys.sorted() == ["humidity", "temperature"])
    }

    @Test("wrong use is 2 and shows the usage, a bad configuration is 1 and names every fault")
    func failures() async throws {
        let misuse = try await self.run("rum")
        #expect(misuse.status == 2)
        #expect(misuse.log.contains("did you mean 'run'?") && misuse.log.contains("usage: weir-agent run"))
        #expect(try await self.run().status == 2)
        try self.write("mqtt: {port: 0}\nsensor: []\n")
        let bad = try await self.run("run", "--config", "agent.yaml")
        #expect(bad.status == 1)
        #expect(bad.log.contains("weir-agent: agent.yaml:1: mqtt.port: is '0'; expected"))
        #expect(bad.log.contains("did you mean 'sensors'?"))
        let missing = try await self.run("run", "--config", "none.yaml")
        #expect(missing.status == 1)
        #expect(missing.log == "weir-agent: none.yaml: cannot read the configuration: No such file or directory\n")
    }

    @Test("version and help go to stdout")
    func information() async throws {
        let version = try await self.run("--version")
        #expect(version.status == 0 && version.output.hasPrefix("weir-agent ") && version.log.isEmpty)
        let help = try await self.run("--help")
        #expect(help.status == 0 && help.output.hasPrefix("usage: weir-agent run"))
    }
}
