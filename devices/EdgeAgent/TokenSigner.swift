import COpenSSL
package import EdgeCore
package import TelemetryModel

/// Signs tokens with the device's key: HMAC-SHA256 through libcrypto. Keeps the key in memory only.
package struct TokenSigner: Sendable {
    /// A key that cannot be one.
    package struct Fault: Error, Equatable, Sendable {
        package var message: String
    }

    /// Longest key taken, bytes after decoding; hubs make 32 or 64.
    private static let keyMaxBytes = 1_024

    private let key: [UInt8]

    /// - Parameter base64Key: The SharedAccessKey as the connection string holds it.
    /// - Throws: When it is not base64.
    package init(base64Key: String) throws(Fault) {
        guard let key = Self.decode(base64Key), (1...Self.keyMaxBytes).contains(key.count) else {
            throw Fault(message: "SharedAccessKey is not base64; copy it whole, with the '=' at its end")
        }
        self.key = key
    }

    /// A key that is not from a connection string.
    ///
    /// - Parameter key: Its bytes.
    init(key: [UInt8]) {
        self.key = key
    }

    /// A token for `resource`, such as `hub.example.org/devices/dev1`.
    package func token(resource: String, expiry: Timestamp, policy: String? = nil) -> String {
        let token = SharedAccessToken(resource: resource, expiry: expiry, policy: policy)
        return token.text(signedWith: self.signature(of: token.stringToSign))
    }

    /// The key of a device in a group that this is the key of: HMAC-SHA256 of the registration id, base64.
    ///
    /// Source: contract provisioning section 2.
    package func derivedKey(of id: RegistrationID) -> String {
        self.signature(of: id.description)
    }

    /// The bytes of HMAC-SHA256.
    func digest(of text: String) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        let message = Array(text.utf8)
        let result = HMAC(EVP_sha256(), self.key, Int32(self.key.count), message, message.count, &digest, &length)
        precondition(result != nil && length == 32, "libcrypto has no HMAC-SHA256")
        return Array(digest.prefix(32))
    }

    private func signature(of text: String) -> String {
        var encoded = [UInt8](repeating: 0, count: 45)  // 4/3 of 32 bytes and a terminating zero
        let count = EVP_EncodeBlock(&encoded, self.digest(of: text), 32)
        return String(decoding: encoded.prefix(Int(count)), as: UTF8.self)
    }

    /// Strict base64: only whole groups of four, padding only at the end. libcrypto alone would also take blanks.
    private static func decode(_ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        guard bytes.count % 4 == 0, (4...Self.keyMaxBytes * 2).contains(bytes.count) else { return nil }
        let padding = bytes.suffix(2).count { $0 == UInt8(ascii: "=") }
        let isClean = bytes.dropLast(padding).allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
        }
        guard isClean else { return nil }
        var decoded = [UInt8](repeating: 0, count: bytes.count / 4 * 3)
        let count = EVP_DecodeBlock(&decoded, bytes, Int32(bytes.count))
        guard count == decoded.count else { return nil }
        return Array(decoded.dropLast(padding))
    }
}
