import KafkaProtocol
import NIOCore
import TestSupport
import Testing

@Suite("SASL PLAIN, RFC 4616 and contracts/kafka.md §9")
struct SaslPlainMessageTests {
    private func read(_ text: String) throws(SaslError) -> SaslPlainMessage {
        try SaslPlainMessage(reading: ByteBuffer(string: text))
    }

    @Test("a user and a password", arguments: ["\0tim\0tanstaaftanstaaf", "tim\0tim\0tanstaaftanstaaf"])
    func user(text: String) throws {
        #expect(try self.read(text) == .user(name: "tim", password: Array("tanstaaftanstaaf".utf8)))
    }

    @Test(
        "what has not this form is refused",
        arguments: ["", "\0", "\0\0", "tim\0pass", "\0tim\0", "\0\0pass", "\0tim\0pass\0more"]
    )
    func malformed(text: String) {
        #expect(throws: SaslError.self) { try self.read(text) }
    }

    @Test("acting as another is not offered")
    func otherIdentity() {
        #expect(throws: SaslError.unsupported("acting as another user")) { try self.read("admin\0tim\0pass") }
    }

    @Test("a name that is not UTF-8 is refused; a password may be any bytes")
    func notUTF8() throws {
        #expect(throws: SaslError.self) { try SaslPlainMessage(reading: ByteBuffer(bytes: [0, 0xFF, 0, 0x61])) }
        let message = try SaslPlainMessage(reading: ByteBuffer(bytes: [0, 0x61, 0, 0xFF]))
        #expect(message == .user(name: "a", password: [0xFF]))
    }

    @Test("a message has at most 16,384 bytes", arguments: [(16_384, true), (16_385, false)])
    func size(bytes: Int, isRead: Bool) {
        let text = "\0a\0" + String(repeating: "x", count: bytes - 3)
        if isRead {
            #expect(throws: Never.self) { try self.read(text) }
        } else {
            #expect(throws: SaslError.self) { try self.read(text) }
        }
    }

    @Test("a connection string names policy, key and topic, as Event Hubs writes it")
    func connectionString() throws {
        let text =
            "Endpoint=sb://weir.example.org/;SharedAccessKeyName=service;SharedAccessKey=c2VjcmV0MTI=;"
            + "EntityPath=telemetry"
        guard case .policy(let key) = try self.read("\0$ConnectionString\0\(text)") else {
            Issue.record("not a policy")
            return
        }
        #expect(key.hostName == "weir.example.org")
        #expect(key.policyName == "service")
        #expect(key.key == "c2VjcmV0MTI=")
        #expect(key.entityPath == "telemetry")
    }

    @Test(
        "Endpoint and HostName in their forms",
        arguments: [
            ("Endpoint=sb://h/;SharedAccessKeyName=n;SharedAccessKey=k", "h"),
            ("Endpoint=sb://h:9093/;SharedAccessKeyName=n;SharedAccessKey=k", "h"),
            ("endpoint=SB://h/path/;sharedaccesskeyname=n;sharedaccesskey=k;", "h"),
            ("Endpoint=sb://[::1]:9093;SharedAccessKeyName=n;SharedAccessKey=k", "[::1]"),
            ("HostName=h;SharedAccessKeyName=n;SharedAccessKey=k", "h"),
            ("HostName=h:8883;SharedAccessKeyName=n;SharedAccessKey=k;Other=1\n", "h"),
            ("EntityPath=;HostName=h;SharedAccessKey=k;SharedAccessKeyName=n", "h"),
        ]
    )
    func hosts(text: String, host: String) throws {
        let key = try SaslPolicyKey(parsing: text)
        #expect(key.hostName == host)
        #expect(key.policyName == "n")
        #expect(key.key == "k")
        #expect(key.entityPath == nil)
    }

    @Test(
        "a connection string that lacks a part, or has one twice, is refused",
        arguments: [
            "", "HostName=h", "SharedAccessKeyName=n;SharedAccessKey=k", "HostName=h;SharedAccessKey=k",
            "HostName=h;SharedAccessKeyName=n", "HostName=h;SharedAccessKeyName=;SharedAccessKey=k",
            "HostName=h;SharedAccessKeyName=n;SharedAccessKey=", "HostName=;SharedAccessKeyName=n;SharedAccessKey=k",
            "Endpoint=sb:///;SharedAccessKeyName=n;SharedAccessKey=k", "HostName",
            "HostName=h;HostName=i;SharedAccessKeyName=n;SharedAccessKey=k",
            "HostName=h;DeviceId=d;SharedAccessKey=k",
        ]
    )
    func malformedString(text: String) {
        #expect(throws: SaslError.self) { try SaslPolicyKey(parsing: text) }
        #expect(throws: SaslError.self) { try self.read("\0$ConnectionString\0\(text)") }
    }

    @Test("secrets are not printed")
    func description() throws {
        let user = try self.read("\0tim\0secret")
        let policy = try self.read("\0$ConnectionString\0HostName=h;SharedAccessKeyName=n;SharedAccessKey=secret")
        for text in ["\(user)", "\(policy)", String(reflecting: user), String(reflecting: policy)] {
            #expect(!text.contains("secret"))
        }
        #expect("\(policy)" == "policy n of h")
    }

    @Test("random bytes never crash")
    func fuzz() {
        var random = SeededGenerator.announced()
        let pieces: [[UInt8]] = [
            [0], Array("$ConnectionString".utf8), Array("HostName=".utf8), Array(";".utf8), Array("=".utf8),
            Array("Endpoint=sb://".utf8), Array("SharedAccessKeyName=n".utf8), Array("SharedAccessKey=k".utf8), [0xFF],
            Array(":1".utf8), Array("]".utf8),
        ]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<12, using: &random)
            let bytes = (0..<count).flatMap { _ in pieces.randomElement(using: &random) ?? [] }
            _ = try? SaslPlainMessage(reading: ByteBuffer(bytes: bytes))
        }
    }
}
