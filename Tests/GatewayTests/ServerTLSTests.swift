import FoundationEssentials
import Gateway
import TelemetryModel
import Testing

@Suite("the built-in CA and the server's certificate")
struct ServerTLSTests {
    private static let now = Date(timeIntervalSince1970: 1_795_000_000)

    private func withFolder(_ body: (DataFolder) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "weir-tls-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(try DataFolder(path: path))
    }

    private func configuration(_ assignments: [String] = []) throws -> GatewayConfiguration {
        try ConfigurationReader(assignments: assignments, environment: [:], file: nil).configuration(hostName: "gw")
    }

    @Test("the first start makes CA and certificate, the second keeps both")
    func keep() throws {
        try self.withFolder { folder in
            _ = try ServerTLS.identity(in: folder, configuration: self.configuration(), at: Self.now)
            let authority = try folder.read("tls/ca.pem")
            let server = try folder.read("tls/server.pem")
            #expect(authority != nil && server != nil)
            _ = try ServerTLS.identity(in: folder, configuration: self.configuration(), at: Self.now)
            #expect(try folder.read("tls/ca.pem") == authority)
            #expect(try folder.read("tls/server.pem") == server)
        }
    }

    @Test("new hub names or a near end make a new certificate of the same CA")
    func renew() throws {
        try self.withFolder { folder in
            _ = try ServerTLS.identity(in: folder, configuration: self.configuration(), at: Self.now)
            let authority = try folder.read("tls/ca.pem")
            let first = try folder.read("tls/server.pem")
            _ = try ServerTLS.identity(in: folder, configuration: self.configuration(["hub.names=new"]), at: Self.now)
            let second = try folder.read("tls/server.pem")
            #expect(second != first)
            let later = Self.now + 370 * 86_400
            _ = try ServerTLS.identity(in: folder, configuration: self.configuration(["hub.names=new"]), at: later)
            #expect(try folder.read("tls/server.pem") != second)
            #expect(try folder.read("tls/ca.pem") == authority)
        }
    }

    @Test("a certificate is good until 30 days before its end", arguments: [(366, true), (367, false)])
    func nearEnd(days: Double, isGood: Bool) throws {
        let authority = try CertificateAuthority(makingAt: Self.now)
        let issued = try authority.issueServer(names: ["a", "127.0.0.1"], at: Self.now)
        let then = Self.now + days * 86_400
        let certificate = issued.certificatePEM
        #expect(authority.accepts(serverCertificatePEM: certificate, names: ["a", "127.0.0.1"], at: then) == isGood)
    }

    @Test("a certificate of another CA or for other names is not good")
    func foreign() throws {
        let authority = try CertificateAuthority(makingAt: Self.now)
        let other = try CertificateAuthority(makingAt: Self.now)
        let pem = try other.issueServer(names: ["a"], at: Self.now).certificatePEM
        #expect(!authority.accepts(serverCertificatePEM: pem, names: ["a"], at: Self.now))
        #expect(!other.accepts(serverCertificatePEM: pem, names: ["b"], at: Self.now))
        #expect(!other.accepts(serverCertificatePEM: "nonsense", names: ["a"], at: Self.now))
    }

    @Test("a crash between key and certificate leaves a pair of the last time or a new one, never a start that fails")
    func halfRenewed() throws {
        try self.withFolder { folder in
            let first = try ServerTLS.identity(in: folder, configuration: self.configuration(), at: Self.now)
            let authority = try ServerTLS.authority(in: folder, at: Self.now).current
            let other = try authority.issueServer(names: ["gw"], at: Self.now)
            try folder.replace("tls/server-key.pem", with: other.keyPEM.utf8)
            let second = try ServerTLS.identity(in: folder, configuration: self.configuration(), at: Self.now)
            #expect(second.serial != first.serial)
            let third = try ServerTLS.identity(in: folder, configuration: self.configuration(), at: Self.now)
            #expect(third.serial == second.serial)
        }
    }

    @Test("a renewal that is asked for makes another certificate of the same CA")
    func asked() throws {
        try self.withFolder { folder in
            let first = try ServerTLS.identity(in: folder, configuration: self.configuration(), at: Self.now)
            let second = try ServerTLS.identity(
                in: folder,
                configuration: self.configuration(),
                isRenewal: true,
                at: Self.now
            )
            #expect(second.serial != first.serial && second.file == nil)
            #expect(second.notAfter.milliseconds == Int64((Self.now.timeIntervalSince1970 + 397 * 86_400) * 1_000))
        }
    }

    @Test("an operator's own certificate is told by its file; a key of another certificate is refused")
    func own() throws {
        try self.withFolder { folder in
            let issued = try CertificateAuthority(makingAt: Self.now).issueServer(names: ["gw"], at: Self.now)
            let other = try CertificateAuthority(makingAt: Self.now).issueServer(names: ["gw"], at: Self.now)
            try folder.replace("own.pem", with: issued.certificatePEM.utf8)
            try folder.replace("own-key.pem", with: issued.keyPEM.utf8)
            try folder.replace("other-key.pem", with: other.keyPEM.utf8)
            func identity(key: String) throws -> ServerTLS.Identity {
                let files = [
                    "tls.certificateFile=\(folder.file("own.pem"))", "tls.keyFile=\(folder.file(key))",
                ]
                return try ServerTLS.identity(in: folder, configuration: self.configuration(files), at: Self.now)
            }
            #expect(try identity(key: "own-key.pem").file == folder.file("own.pem"))
            #expect(throws: StartError.self) { try identity(key: "other-key.pem") }
            #expect(try folder.read("tls/ca.pem") == nil, "no CA is made that nobody asked for")
        }
    }

    @Test("a missing own certificate or a lost CA key is one sentence with the path")
    func unusable() throws {
        try self.withFolder { folder in
            let files = ["tls.certificateFile=/nonexistent.pem", "tls.keyFile=/nonexistent.key"]
            let error = #expect(throws: StartError.self) {
                try ServerTLS.identity(in: folder, configuration: self.configuration(files), at: Self.now)
            }
            #expect(error?.description.contains("/nonexistent.pem") == true)
            _ = try ServerTLS.identity(in: folder, configuration: self.configuration(), at: Self.now)
            folder.remove("tls/ca-key.pem")
            let lost = #expect(throws: StartError.self) {
                try ServerTLS.identity(in: folder, configuration: self.configuration(), at: Self.now)
            }
            #expect(lost?.description.contains("ca-key.pem is missing") == true)
        }
    }
}
