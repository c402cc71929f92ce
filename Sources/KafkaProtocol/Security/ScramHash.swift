internal import Crypto
internal import FoundationEssentials

/// The hash function of a SCRAM mechanism. Source: RFC 5802 §2.2, RFC 7677.
package enum ScramHash: CaseIterable, Hashable, Sendable {
    case sha256
    case sha512

    /// Of the mechanism; `nil` for one that is not SCRAM.
    package init?(_ mechanism: SaslMechanism) {
        switch mechanism {
        case .plain: return nil
        case .scramSHA256: self = .sha256
        case .scramSHA512: self = .sha512
        }
    }

    /// Bytes of a digest.
    package var byteCount: Int {
        switch self {
        case .sha256: SHA256.byteCount
        case .sha512: SHA512.byteCount
        }
    }

    /// H(text).
    func digest(_ text: [UInt8]) -> [UInt8] {
        switch self {
        case .sha256: Array(SHA256.hash(data: text))
        case .sha512: Array(SHA512.hash(data: text))
        }
    }

    /// HMAC(key, text).
    func authenticationCode(_ key: [UInt8], _ text: [UInt8]) -> [UInt8] {
        switch self {
        case .sha256: ScramHash.code(SHA256.self, key, text)
        case .sha512: ScramHash.code(SHA512.self, key, text)
        }
    }

    /// Hi(password, salt, iterations): PBKDF2 with HMAC, one block long. RFC 8018 §5.2.
    ///
    /// Costs two hashes an iteration: milliseconds for 4,096.
    func saltedPassword(_ password: [UInt8], salt: [UInt8], iterations: Int) -> [UInt8] {
        switch self {
        case .sha256: ScramHash.derive(SHA256.self, password, salt, iterations)
        case .sha512: ScramHash.derive(SHA512.self, password, salt, iterations)
        }
    }

    private static func code<Hash: HashFunction>(_ hash: Hash.Type, _ key: [UInt8], _ text: [UInt8]) -> [UInt8] {
        Array(HMAC<Hash>.authenticationCode(for: text, using: SymmetricKey(data: key)))
    }

    private static func derive<Hash: HashFunction>(
        _ hash: Hash.Type,
        _ password: [UInt8],
        _ salt: [UInt8],
        _ iterations: Int
    ) -> [UInt8] {
        let keyed = HMAC<Hash>(key: SymmetricKey(data: password))
        var last = salt + [0, 0, 0, 1]
        var sum: [UInt8] = []
        for _ in 0..<max(1, iterations) {
            var code = keyed
            code.update(data: last)
            last = Array(code.finalize())
            sum = sum.isEmpty ? last : zip(sum, last).map { $0 ^ $1 }
        }
        return sum
    }
}
