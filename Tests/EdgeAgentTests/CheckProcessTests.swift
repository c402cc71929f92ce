import BoardTestSupport
import Foundation
import Testing

@Suite("the built agent's check", .serialized, .enabled(if: TestBroker.isInstalled && BoardShim.compiler != nil))
struct CheckProcessTests {
    private static let connection =
        "HostName=localhost;DeviceId=dev1;SharedAccessKey=ZGV2MS1wcmltYXJ5LWtleS0wMTIzNDU2Nzg5YWJjZGVm"

    private let broker: TestBroker

    init() throws {
        self.broker = try TestBroker()
        try self.broker.write(Self.connection, to: "secret")
        try self.setMode(0o600, of: "secret")
    }

    private func setMode(_ mode: Int, of file: String) throws {
        let path = self.broker.folder.appendingPathComponent(file).path
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func check(
        host: String = "localhost",
        port: Int? = nil,
        timePort: Int = 1,
        tls: String = "caFile: ca.pem",
        wallClock: Date = Date(),
        isSynchronised: Bool = true,
        freeDiskMin: Int = 0,
        _ options: String...
    ) async throws -> (status: Int32?, output: String) {
        try self.broker.write(
            """
            connection: {connectionStringFile: secret}
            mqtt: {host: '\(host)', port: \(port ?? self.broker.port)}
            tls: {\(tls)}
            clock: {gatewayPort: \(timePort)}
            sensors: [{type: simulated, name: air}]
            spool: {directory: \(self.broker.folder.path), freeDiskMinBytes: \(freeDiskMin)}
            """,
            to: "agent.yaml"
        )
        let clock = try BoardClock(in: self.broker.folder)
        try clock.set(wallClock, isSynchronised: isSynchronised)
        let agent = try AgentProcess(
            ["check", "--config", "agent.yaml"] + options,
            in: self.broker.folder,
            environment: clock.environment.merging(["LD_PRELOAD": try BoardShim.library()]) { $1 }
        )
        let status = await agent.exitStatus()
        return (status, agent.outputText)
    }

    @Test("with everything in order it is all ✓, and nobody logs in")
    func good() async throws {
        try await self.broker.start()
        let server = try await TestTimeServer(in: self.broker.folder)
        try server.says(Date())
        let (status, output) = try await self.check(timePort: server.port)
        #expect(status == 0, "\(output)")
        for line in [
            "✓ configuration: agent.yaml", "✓ clock: synchronised, ", "✓ connection: device dev1 at localhost:",
            "tls: trusts ca.pem, valid until ", "✓ dns: localhost is ", "gateway: localhost:",
            ", TLSv1.3, certificate valid until ", "✓ time: the gateway says ", "✓ sensor air: simulated, temperature ",
        ] {
            #expect(output.contains(line), "\(line) is not in\n\(output)")
        }
        #expect(!output.contains("✗"))
        #expect(self.broker.count("as dev1") == 0)
        #expect(!output.contains("ZGV2MS1"), "the key is printed")
    }

    @Test("a name that is none, a port where nobody listens, a certificate of others: each ✗ with its reason")
    func gateway() async throws {
        try await self.broker.start()
        let unknown = try await self.check(host: "weir-nowhere.invalid")
        #expect(unknown.status == 1)
        #expect(unknown.output.contains("✗ dns: the host name 'weir-nowhere.invalid' cannot be resolved"))
        let closed = try await self.check(port: 1)
        #expect(closed.status == 1)
        #expect(closed.output.contains("✗ gateway: localhost:1: Connection refused"))
        #expect(
            closed.output.contains("! time: the gateway did not say what time it is: localhost:1: Connection refused")
        )
        let stranger = try await self.check(tls: "caFile: other.pem")
        #expect(stranger.status == 1)
        #expect(stranger.output.contains("tls.caFile other.pem does not vouch for it"))
        let other = try await self.check(host: "127.0.0.1")
        #expect(other.output.contains("IP address mismatch; it is not for '127.0.0.1'"), "\(other.output)")
    }

    @Test("a clock in 1970 is a warning when the gateway says the time, a fault when nobody does")
    func clock() async throws {
        try await self.broker.start()
        let in1970 = Date(timeIntervalSince1970: 100)
        let server = try await TestTimeServer(in: self.broker.folder)
        try server.says(Date())
        let told = try await self.check(timePort: server.port, wallClock: in1970, isSynchronised: false)
        #expect(told.status == 0, "\(told.output)")
        #expect(told.output.contains("! clock: stands at 1970-01-01T"))
        #expect(
            told.output.contains("! time: the gateway says 20") && told.output.contains("; this clock is wrong by -")
        )
        #expect(told.output.contains("! gateway: localhost:"), "checked as of the gateway's time")
        let alone = try await self.check(wallClock: in1970, isSynchronised: false)
        #expect(alone.status == 1)
        #expect(alone.output.contains("✗ time: ") && alone.output.contains("without NTP no token can be made"))
    }

    @Test("expired certificates are ✗, those that end soon !, a file that is none says so")
    func expiry() async throws {
        try await self.broker.start()
        try self.broker.makeExpiredCertificate("expired")
        let expired = try await self.check(tls: "caFile: ca.pem, certificateFile: expired.pem, keyFile: expired.key")
        #expect(expired.status == 1)
        #expect(
            expired.output.contains(
                "✗ tls: certificate expired.pem, valid until 2021-01-01T00:00:00.000Z: it has expired"
            )
        )
        try self.broker.makeCertificate("short")
        let short = try await self.check(tls: "caFile: ca.pem, certificateFile: short.pem, keyFile: short.key")
        #expect(short.output.contains("! tls: certificate short.pem, valid until "))
        #expect(short.output.contains("! tls: trusts ca.pem, valid until "), "it lives two days")
        #expect(short.output.contains("! gateway: localhost:") && short.output.contains(": it ends soon"))
        let wrong = try await self.check(tls: "caFile: names")
        #expect(wrong.output.contains("✗ tls: tls.caFile: names holds no certificate (PEM)"))
    }

    @Test("a secret that everybody can read is a warning", arguments: [(0o600, false), (0o640, false), (0o644, true)])
    func permissions(mode: Int, isTold: Bool) async throws {
        try self.setMode(mode, of: "secret")
        let (_, output) = try await self.check(host: "weir-nowhere.invalid")
        let text = "! permissions: connection.connectionStringFile: secret has mode 644: everybody can read the secret"
        #expect(output.contains(text) == isTold, "\(output)")
    }

    @Test("a disk without room is ✗, and so is a folder that cannot be")
    func disk() async throws {
        let full = try await self.check(host: "weir-nowhere.invalid", freeDiskMin: 1_099_511_627_776)
        #expect(full.output.contains("below 1048576 MiB nothing is spooled (spool.freeDiskMinBytes)"), "\(full.output)")
        let good = try await self.check(host: "weir-nowhere.invalid")
        #expect(good.output.contains(" disk: \(self.broker.folder.path) has "))
    }
}
