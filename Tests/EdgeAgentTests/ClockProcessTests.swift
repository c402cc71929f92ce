import BoardTestSupport
import Foundation
import TestSupport
import Testing

@Suite(
    "the built agent on a board that does not know what time it is",
    .serialized,
    .enabled(if: TestBroker.isInstalled && TestSubscriber.isInstalled && BoardShim.compiler != nil)
)
struct ClockProcessTests {
    private static let key =
        "HostName=localhost;DeviceId=dev1;SharedAccessKey=ZGV2MS1wcmltYXJ5LWtleS0wMTIzNDU2Nzg5YWJjZGVm"
    private static let certificate = "HostName=localhost;DeviceId=dev1;x509=true"

    private let broker: TestBroker
    private let clock: BoardClock
    /// What a board's clock says that has no battery.
    private static let in1970 = Date(timeIntervalSince1970: 100)

    init() throws {
        self.broker = try TestBroker()
        self.clock = try BoardClock(in: self.broker.folder)
    }

    private func run(_ connection: String, timePort: Int = 1, tls: String = "caFile: ca.pem") throws -> AgentProcess {
        try self.broker.write(
            """
            mqtt: {port: \(self.broker.port), reconnectMaxSeconds: 1}
            tls: {\(tls)}
            clock: {gatewayPort: \(timePort)}
            stop: {waitSeconds: 1}
            sampling: {intervalMilliseconds: 100}
            sensors: [{type: simulated}]
            """,
            to: "agent.yaml"
        )
        return try AgentProcess(
            ["run", "--config", "agent.yaml", "--summary"],
            in: self.broker.folder,
            environment: self.clock.environment.merging([
                "WEIR_AGENT_CONNECTION_STRING": connection, "LD_PRELOAD": try BoardShim.library(),
            ]) { $1 }
        )
    }

    /// The stamps of what arrived, as seconds from now.
    private func ages(_ subscriber: TestSubscriber) -> [Double] {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return subscriber.lines.compactMap { line in
            guard let start = line.range(of: #""ts":""#)?.upperBound else { return nil }
            return (try? style.parse(String(line[start...].prefix(24)))).map { $0.timeIntervalSinceNow }
        }
    }

    @Test("with a key it waits for the gateway's time, then connects; what it read before is dated right")
    func gateway() async throws {
        try self.clock.set(Self.in1970, isSynchronised: false)
        let server = try await TestTimeServer(in: self.broker.folder)
        try await self.broker.start()
        let subscriber = try await TestSubscriber(self.broker)
        let agent = try self.run(Self.key, timePort: server.port)
        #expect(await agent.logs("nobody knows what time it is, so no token is made"))
        #expect(self.broker.count("from 127.0.0.1 as dev1") == 0)
        try await Task.sleep(for: .milliseconds(500))
        let known = Date()
        try server.says(known)
        #expect(await agent.logs("the time is known from the gateway"))
        try await eventually { subscriber.lines.count >= 10 }
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        let ages = self.ages(subscriber)
        #expect(ages.count == subscriber.lines.count, "something has no date: \(subscriber.lines)")
        // Right is: read since the agent's start, and not in the future. The server's clock stands still.
        #expect(ages.allSatisfy { $0 > -240 && $0 < 1 }, "\(ages)")
        #expect(ages.contains { $0 < known.timeIntervalSinceNow }, "nothing was dated afterwards")
        #expect(!subscriber.text.contains("1970"))
    }

    @Test("a kernel that is synchronised while it waits is enough; steps of its clock are told and followed")
    func kernel() async throws {
        try self.clock.set(Self.in1970, isSynchronised: false)
        try await self.broker.start()
        let subscriber = try await TestSubscriber(self.broker)
        let agent = try self.run(Self.key)
        #expect(
            await agent.logs(
                "nobody knows what time it is, so no token is made: the kernel's clock is not synchronised"
            )
        )
        try self.clock.set(Date(), isSynchronised: true)
        #expect(await agent.logs("the time is known from the synchronised kernel"))
        #expect(await agent.logs("connected to"))
        try self.clock.set(Date(timeIntervalSinceNow: 3_600), isSynchronised: true)
        #expect(await agent.logs("the clock was stepped by +3"))
        try await eventually { self.ages(subscriber).contains { $0 > 3_000 } }
        let event = #","event":"clockStepped","stepMilliseconds":3"#
        try await eventually("the step is an event") { subscriber.text.contains(event) }
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        #expect(agent.logText.components(separatedBy: "nobody knows").count == 2, "each attempt was logged")
    }

    @Test("with a certificate it connects before it knows the time, and holds its readings back until it does")
    func certificate() async throws {
        let broker = self.broker
        try broker.makeCertificate("dev1")
        try broker.requireCertificates()
        try self.clock.set(Self.in1970, isSynchronised: false)
        try await broker.start()
        let agent = try self.run(
            Self.certificate,
            tls: "caFile: ca.pem, certificateFile: dev1.pem, keyFile: dev1.key"
        )
        #expect(await agent.logs("connected to localhost"))
        #expect(broker.count("'devices/dev1/messages/events") == 0)
        try self.clock.set(Date(), isSynchronised: true)
        #expect(await agent.logs("the time is known from the synchronised kernel"))
        try await eventually { broker.count("Sending PUBACK to dev1") >= 5 }
        #expect(!broker.log.contains("weir-undated"))
        // Debian's broker shows CONNECT's flags: no password.
        #expect(broker.log.contains("as dev1 (p2, c0"))
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
    }

    @Test("a certificate that has expired is refused although the clock stands in 1970, and the reason is told")
    func expired() async throws {
        // Valid once, before this agent was made.
        try self.broker.makeExpiredCertificate("expired")
        try self.clock.set(Self.in1970, isSynchronised: false)
        let server = try await TestTimeServer(in: self.broker.folder, certificate: "expired")
        try server.says(Date())
        let agent = try self.run(Self.key, timePort: server.port, tls: "caFile: old-ca.pem")
        #expect(await agent.logs("certificate has expired"))
        #expect(await agent.logs("the least that the time can be (it is not known)"))
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        #expect(!agent.logText.contains("the time is known"))
    }

    @Test("the time of a server that another authority vouches for is not believed")
    func stranger() async throws {
        try self.clock.set(Self.in1970, isSynchronised: false)
        let server = try await TestTimeServer(in: self.broker.folder)
        try server.says(Date())
        let agent = try self.run(Self.key, timePort: server.port, tls: "caFile: other.pem")
        #expect(await agent.logs("tls.caFile other.pem does not vouch for it"))
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
        #expect(!agent.logText.contains("the time is known"))
    }

    @Test("a gateway that stands in the past is not believed")
    func past() async throws {
        try self.clock.set(Self.in1970, isSynchronised: false)
        let server = try await TestTimeServer(in: self.broker.folder)
        try server.answers("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n")
        let agent = try self.run(Self.key, timePort: server.port)
        #expect(await agent.logs("the gateway says that it is 1994-11-06T08:49:3"))
        #expect(await agent.logs("the gateway's answer is not believed"))
        agent.terminate()
        #expect(await agent.exitStatus() == 0)
    }
}
