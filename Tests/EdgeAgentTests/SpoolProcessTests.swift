import Foundation
import TestSupport
import Testing

@Suite("the built agent's spool, against Debian's mosquitto", .serialized, .enabled(if: TestBroker.isInstalled))
struct SpoolProcessTests {
    private static let connection =
        "HostName=localhost;DeviceId=dev1;SharedAccessKey=ZGV2MS1wcmltYXJ5LWtleS0wMTIzNDU2Nzg5YWJjZGVm"

    private let broker: TestBroker

    init() throws {
        self.broker = try TestBroker()
    }

    private func run(_ extra: String = "") throws -> AgentProcess {
        try self.broker.write(
            """
            mqtt: {port: \(self.broker.port), reconnectMaxSeconds: 1}
            tls: {caFile: ca.pem}
            clock: {trustSystem: true}
            sampling: {intervalMilliseconds: 100}
            sensors: [{type: simulated}]
            spool: {directory: state, freeDiskMinBytes: 0}
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

    private struct Summary: Decodable {
        var sent: Int
        var acknowledged: Int
        var dropped: Int
        var spooled: Int
    }

    private func summary(_ agent: AgentProcess) throws -> Summary {
        try JSONDecoder().decode(Summary.self, from: Data(agent.outputText.utf8))
    }

    private var messages: NumberedMessages { NumberedMessages(log: self.broker.log) }

    /// Bytes of the spool's files.
    private var spoolBytes: Int {
        let folder = self.broker.folder.appendingPathComponent("state/spool")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.reduce(0) { sum, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: folder.appendingPathComponent(file).path)
            return sum + ((attributes?[.size] as? Int) ?? 0)
        }
    }

    private func waitForSpool(above bytes: Int) async throws {
        try await eventually { self.spoolBytes > bytes }
    }

    @Test("killed twice while the gateway is away, it loses no reading and sends none twice in other boundaries")
    func killOffline() async throws {
        try await self.broker.start()
        var agent = try self.run()
        try await eventually { self.messages.all.count >= 5 }
        #expect(self.spoolBytes == 0, "online, and something is in the spool")
        self.broker.kill()
        try await self.waitForSpool(above: 500)
        kill(agent.process.processIdentifier, SIGKILL)
        _ = await agent.exitStatus()
        let first = self.spoolBytes

        agent = try self.run()
        try await self.waitForSpool(above: first + 500)
        kill(agent.process.processIdentifier, SIGKILL)
        _ = await agent.exitStatus()

        try await self.broker.start()
        agent = try self.run()
        #expect(await agent.logs("readings of earlier runs are in the spool"))
        try await eventually { self.spoolBytes == 0 && self.messages.epochs.count == 3 }
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        let messages = self.messages
        #expect(messages.faults == [])
        #expect(messages.epochs.count == 3 && messages.epochs[0] + 2 == messages.epochs[2])
        for epoch in messages.epochs.prefix(2) { #expect(messages.readingCount(epoch: epoch) >= 4) }
        #expect(try self.summary(agent).dropped == 0)
    }

    @Test("SIGTERM while the gateway is away keeps what waits, and the next run brings it home")
    func stopOffline() async throws {
        let first = try self.run("stop: {waitSeconds: 1}")
        #expect(await first.logs("Connection refused"))
        try await self.waitForSpool(above: 200)
        first.terminate()
        #expect(await first.exitStatus() == 0)
        let summary = try self.summary(first)
        #expect(summary.dropped == 0 && summary.sent == 0 && summary.spooled >= 3)

        try await self.broker.start()
        let second = try self.run()
        try await eventually { self.spoolBytes == 0 && self.messages.epochs.count == 2 }
        second.terminate()
        #expect(await second.exitStatus() == 0)
        let messages = self.messages
        #expect(messages.faults == [])
        #expect(messages.readingCount(epoch: try #require(messages.epochs.first)) == UInt64(summary.spooled))
    }

    @Test("what was in flight as the gateway fell silent is sent again with its boundaries, by the next run too")
    func resendAfterKill() async throws {
        try await self.broker.start()
        let agent = try self.run()
        try await eventually { self.messages.all.count >= 3 }
        self.broker.freeze()  // takes bytes, acknowledges nothing
        try await Task.sleep(for: .milliseconds(500))
        self.broker.kill()
        #expect(await agent.logs("connection lost"))
        try await self.waitForSpool(above: 300)
        kill(agent.process.processIdentifier, SIGKILL)
        _ = await agent.exitStatus()
        try await self.broker.start()
        let again = try self.run()
        try await eventually { self.spoolBytes == 0 && self.messages.epochs.count == 2 }
        again.terminate()
        #expect(await again.exitStatus() == 0)
        #expect(self.messages.faults == [])
    }

    @Test("a second agent does not start on the state folder of a running one")
    func lock() async throws {
        let first = try self.run()
        #expect(await first.logs("starts with 1 sensor"))
        let second = try self.run()
        #expect(await second.exitStatus() == 1)
        #expect(second.logText.contains("another agent uses it"))
        first.terminate()
        #expect(await first.exitStatus() == 0)
    }

    @Test("a spool that cannot be used does not stop the agent: readings stay in memory and arrive")
    func brokenSpool() async throws {
        let state = self.broker.folder.appendingPathComponent("state")
        try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
        try Data("no folder".utf8).write(to: state.appendingPathComponent("spool"))
        let agent = try self.run()
        #expect(await agent.logs("the spool does not work"))
        try await Task.sleep(for: .milliseconds(500))
        try await self.broker.start()
        try await eventually { self.messages.all.count >= 8 }
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        #expect(self.messages.faults == [])
        #expect(try self.summary(agent).dropped == 0)
    }
}
