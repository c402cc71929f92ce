import Testing

@testable import KafkaProtocol

@Suite("PBKDF2 with HMAC, RFC 8018 §5.2")
struct ScramHashTests {
    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 0xF, radix: 16) }.joined()
    }

    /// The first is RFC 7914 §11's, cut to one block; the last two are Python's hashlib.pbkdf2_hmac's.
    @Test(
        "a block of known passwords",
        arguments: [
            (
                ScramHash.sha256, "passwd", "salt", 1,
                "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
            ),
            (
                .sha256, "pencil", "NaCl", 800,
                "723abb907a5f6f2ad07ba385f5f31afa48a079e1d3be841321a315fdf1e6c627"
            ),
            (
                .sha512, "password", "salt", 4_096,
                "d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5"
                    + "143f30602641b3d55cd335988cb36b84376060ecd532e039b742a239434af2d5"
            ),
        ]
    )
    func vectors(hash: ScramHash, password: String, salt: String, iterations: Int, expected: String) {
        let derived = hash.saltedPassword(Array(password.utf8), salt: Array(salt.utf8), iterations: iterations)
        #expect(Self.hex(derived) == expected)
        #expect(derived.count == hash.byteCount)
    }

    @Test("each SCRAM mechanism has its hash, PLAIN has none")
    func mechanisms() {
        #expect(SaslMechanism.allCases.map { ScramHash($0) } == [nil, .sha256, .sha512])
        #expect(SaslMechanism.allCases.map(\.rawValue) == ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
    }
}
