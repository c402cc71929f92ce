import NIOCore
import TestSupport
import Testing

@testable import KafkaProtocol

@Suite("SCRAM-SHA-256 and -512, RFC 5802, RFC 7677")
struct ScramServerTests {
    static let serverNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    static let nonce = "rOprNGfwEbeRWgbNEkqO" + serverNonce
    /// `W22ZaJ0SNY7soEsUEjb6gQ==`.
    private static let salt: [UInt8] = [
        0x5B, 0x6D, 0x99, 0x68, 0x9D, 0x12, 0x35, 0x8E, 0xEC, 0xA0, 0x4B, 0x14, 0x12, 0x36, 0xFA, 0x81,
    ]
    static let proof256 = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    /// Computed with Python's hashlib and hmac; RFC 7677's for SHA-256 comes out of the same program.
    static let proof512 =
        "gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ=="

    private static func credential(_ hash: ScramHash, _ passwords: String...) -> ScramCredential {
        ScramCredential(hash: hash, passwords: passwords.map { Array($0.utf8) }, salt: Self.salt)
    }

    /// A server that has sent its challenge.
    private func challenged(
        _ credential: ScramCredential,
        first: String = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
    ) throws -> ScramServer {
        var server = ScramServer(hash: credential.hash, nonce: Self.serverNonce)
        _ = try server.receivedFirst(ByteBuffer(string: first))
        _ = try server.challenge(credential)
        return server
    }

    @Test(
        "the exchange of RFC 7677 §3, and the same with SHA-512",
        arguments: [
            (ScramHash.sha256, ScramServerTests.proof256, "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
            (
                .sha512, ScramServerTests.proof512,
                "ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw=="
            ),
        ]
    )
    func exchange(hash: ScramHash, proof: String, signature: String) throws {
        var server = ScramServer(hash: hash, nonce: Self.serverNonce)
        let name = try server.receivedFirst(ByteBuffer(string: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"))
        #expect(name == "user")
        let challenge = try server.challenge(Self.credential(hash, "pencil"))
        #expect(String(buffer: challenge) == "r=\(Self.nonce),s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
        let success = try server.receivedFinal(ByteBuffer(string: "c=biws,r=\(Self.nonce),p=\(proof)"))
        #expect(success == ScramServer.Success(message: ByteBuffer(string: "v=\(signature)"), keyIndex: 0))
    }

    @Test("either of a policy's two keys opens, and it is told which")
    func secondKey() throws {
        let credential = Self.credential(.sha256, "other", "pencil")
        var server = try self.challenged(credential)
        let success = try server.receivedFinal(ByteBuffer(string: "c=biws,r=\(Self.nonce),p=\(Self.proof256)"))
        #expect(success.keyIndex == 1)
        #expect(String(buffer: success.message) == "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
    }

    @Test("kcat of Debian, whose librdkafka 2.0 sends its own part of the nonce twice, logs in")
    func repeatedNonce() throws {
        // Computed with Python's hashlib and hmac, as the ones above.
        let proof = "1Y75+q7XaCGJj/r6vyQWwoNxSzV5ksS8xhp5Lqyriec="
        let text = "c=biws,r=rOprNGfwEbeRWgbNEkqO\(Self.nonce),p=\(proof)"
        var server = try self.challenged(Self.credential(.sha256, "pencil"))
        #expect(try server.receivedFinal(ByteBuffer(string: text)).keyIndex == 0)
        var other = try self.challenged(Self.credential(.sha256, "pen"))
        #expect(throws: SaslError.wrongProof) { try other.receivedFinal(ByteBuffer(string: text)) }
    }

    @Test("a wrong password and an unknown user fail alike, and end it")
    func wrong() throws {
        let unknown = ScramCredential(ofUnknown: "user", hash: .sha256, secret: [1, 2, 3])
        for credential in [Self.credential(.sha256, "pen"), unknown] {
            var server = try self.challenged(credential)
            let final = ByteBuffer(string: "c=biws,r=\(Self.nonce),p=\(Self.proof256)")
            #expect(throws: SaslError.wrongProof) { try server.receivedFinal(final) }
            #expect(throws: SaslError.malformed("a last message out of turn")) { try server.receivedFinal(final) }
        }
    }

    @Test("an unknown user always has the same salt, another name another")
    func unknownSalt() {
        let one = ScramCredential(ofUnknown: "a", hash: .sha256, secret: [1, 2, 3])
        #expect(one.salt == ScramCredential(ofUnknown: "a", hash: .sha256, secret: [1, 2, 3]).salt)
        #expect(one.salt != ScramCredential(ofUnknown: "b", hash: .sha256, secret: [1, 2, 3]).salt)
        #expect(one.salt != ScramCredential(ofUnknown: "a", hash: .sha256, secret: [1, 2, 4]).salt)
        #expect(one.salt.count == ScramCredential.saltBytes)
        #expect(one.keys == [])
    }

    @Test(
        "names with comma and equals sign, an own authzid, no channel binding wanted, extensions",
        arguments: [
            ("n,,n=a=2Cb=3Dc,r=x", "a,b=c"), ("y,,n=user,r=x", "user"), ("n,a=user,n=user,r=x", "user"),
            ("n,,n=user,r=x,e=1", "user"), ("n,,n=$ConnectionString,r=x", "$ConnectionString"),
            ("n,,n=é,r=x", "é"), ("n,,n= ,r=x", " "),
        ]
    )
    func firstMessages(text: String, name: String) throws {
        var server = ScramServer(hash: .sha256, nonce: "y")
        #expect(try server.receivedFirst(ByteBuffer(string: text)) == name)
    }

    @Test(
        "first messages that are refused",
        arguments: [
            "", "n", "n,", "n,,", "n,,n=user", "n,,r=x,n=user", "n,,n=,r=x", "n,,n=a=2,r=x", "n,,n=a=2D,r=x",
            "n,,n=user,r=", "n,,n=user,r=a b", "n,,m=1,n=user,r=x", "p=tls-unique,,n=user,r=x", "x,,n=user,r=x",
            "n,user,n=user,r=x", "n,a=admin,n=user,r=x", "n,,n=user,r=\u{7F}", "n,,n=user,r=x,tokenauth=true",
        ]
    )
    func refusedFirst(text: String) {
        var server = ScramServer(hash: .sha256, nonce: "y")
        #expect(throws: SaslError.self) { try server.receivedFirst(ByteBuffer(string: text)) }
        #expect(throws: SaslError.self) { try server.receivedFirst(ByteBuffer(string: "n,,n=user,r=x")) }
        #expect(throws: SaslError.self) { try server.challenge(Self.credential(.sha256)) }
    }

    @Test(
        "last messages that are refused",
        arguments: [
            "", "c=biws", "c=biws,r=\(ScramServerTests.nonce)",
            "c=eSws,r=\(ScramServerTests.nonce),p=\(ScramServerTests.proof256)",
            "c=biws,r=x,p=\(ScramServerTests.proof256)",
            "c=biws,r=\(ScramServerTests.nonce),p=", "c=biws,r=\(ScramServerTests.nonce),p=AAAA",
            "c=biws,r=\(ScramServerTests.nonce),p=!",
            "r=\(ScramServerTests.nonce),c=biws,p=\(ScramServerTests.proof256)",
            "c=!,r=\(ScramServerTests.nonce),p=\(ScramServerTests.proof256)",
            "c=biws,r=\(ScramServerTests.nonce),p=\(ScramServerTests.proof512)",
            "c=biws,r=\(ScramServerTests.nonce),p=\(ScramServerTests.proof256),x=1",
            "c=biws,r=\(ScramServerTests.nonce),x=1,p=\(ScramServerTests.proof256)",
        ]
    )
    func refusedLast(text: String) throws {
        var server = try self.challenged(Self.credential(.sha256, "pencil"))
        #expect(throws: SaslError.self) { try server.receivedFinal(ByteBuffer(string: text)) }
    }

    @Test("the binding of the last message is the header of the first")
    func binding() throws {
        var server = try self.challenged(Self.credential(.sha256, "pencil"), first: "y,,n=user,r=rOprNGfwEbeRWgbNEkqO")
        let final = "c=biws,r=\(Self.nonce),p=\(Self.proof256)"
        #expect(throws: SaslError.malformed("the binding is not that of the first message")) {
            try server.receivedFinal(ByteBuffer(string: final))
        }
    }

    @Test("nonces of servers differ and are printable")
    func nonces() throws {
        var random = SystemRandomNumberGenerator()
        var challenges = Set<String>()
        for _ in 0..<100 {
            var server = ScramServer(hash: .sha256, using: &random)
            _ = try server.receivedFirst(ByteBuffer(string: "n,,n=user,r=x"))
            let challenge = String(buffer: try server.challenge(Self.credential(.sha256)))
            challenges.insert(challenge)
            #expect(challenge.hasPrefix("r=x"))
            #expect(challenge.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        }
        #expect(challenges.count == 100)
    }

    @Test("changed bytes of an exchange never crash and never open")
    func fuzz() throws {
        var random = SeededGenerator.announced()
        let credential = Self.credential(.sha256, "pencil")
        let first = Array("n,,n=user,r=rOprNGfwEbeRWgbNEkqO".utf8)
        let last = Array("c=biws,r=\(Self.nonce),p=\(Self.proof256)".utf8)
        for _ in 0..<5_000 {
            var messages = [first, last]
            let index = Int.random(in: 0..<2, using: &random)
            let position = Int.random(in: 0..<messages[index].count, using: &random)
            let byte = UInt8.random(in: 0...255, using: &random)
            // The last character before the padding has bits that no byte takes.
            guard messages[index][position] != byte, !(index == 1 && position == last.count - 2) else { continue }
            messages[index][position] = byte
            var server = ScramServer(hash: .sha256, nonce: Self.serverNonce)
            guard (try? server.receivedFirst(ByteBuffer(bytes: messages[0]))) != nil else { continue }
            _ = try server.challenge(credential)
            #expect(throws: SaslError.self) { try server.receivedFinal(ByteBuffer(bytes: messages[1])) }
        }
    }
}
