import Crypto
import FoundationEssentials
package import TelemetryModel

/// A shared access signature: `SharedAccessSignature sr=<resource>&sig=<signature>&se=<expiry>[&skn=<policy>]`.
///
/// The signed text is `sr` and `se` exactly as written in the token. Source: contract iothub-mqtt section 3.
package struct SASToken: Sendable {
    /// What the token is for, decoded: `hub.example.org/devices/dev1`.
    package let resource: String
    /// When it ends.
    package let expiry: Timestamp
    /// The policy whose key signed it; `nil` for a device's own key.
    package let policy: String?
    private let signedText: [UInt8]
    private let signature: [UInt8]

    private static let scheme = "SharedAccessSignature "

    /// Reads a token; its parts may come in any order.
    ///
    /// - Parameter text: the MQTT password or the HTTP `Authorization` value.
    /// - Throws: `HubSyntaxError`.
    package init(parsing text: some StringProtocol) throws(HubSyntaxError) {
        guard text.hasPrefix(SASToken.scheme) else {
            throw HubSyntaxError("a token begins with “SharedAccessSignature ”")
        }
        var fields = [Substring: Substring]()
        for pair in String(text.dropFirst(SASToken.scheme.count)).split(separator: "&") {
            let name = pair.prefix { $0 != "=" }
            let value = pair.dropFirst(name.count + 1)
            guard fields.updateValue(value, forKey: name) == nil else {
                throw HubSyntaxError("the token holds a part twice")
            }
        }
        guard let resource = fields["sr"], let signature = fields["sig"], let expiry = fields["se"] else {
            throw HubSyntaxError("a token has the parts sr, sig and se")
        }
        guard let decoded = PercentEncoding.decode(resource), !decoded.isEmpty else {
            throw HubSyntaxError("the token's sr is not percent-encoded UTF-8")
        }
        guard let base64 = PercentEncoding.decode(signature), let bytes = Data(base64Encoded: base64) else {
            throw HubSyntaxError("the token's sig is not percent-encoded base64")
        }
        guard let seconds = Int64(expiry), (0...Int64.max / 1_000).contains(seconds) else {
            throw HubSyntaxError("the token's se is not a number of seconds since 1970")
        }
        self.resource = decoded
        self.signature = Array(bytes)
        self.expiry = Timestamp(seconds: seconds)
        if let policy = fields["skn"], !policy.isEmpty {
            guard let policy = PercentEncoding.decode(policy) else {
                throw HubSyntaxError("the token's skn is not percent-encoded UTF-8")
            }
            self.policy = policy
        } else {
            self.policy = nil
        }
        self.signedText = Array("\(resource)\n\(expiry)".utf8)
    }

    /// Whether this key signed the token; compared in constant time.
    package func isSigned(with key: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            self.signature,
            authenticating: self.signedText,
            using: SymmetricKey(data: key)
        )
    }

    /// Whether one of these base64 keys signed the token. All keys are tried, so that the time tells nothing.
    package func isSigned(withAnyOf keys: [String]) -> Bool {
        var found = false
        for key in keys {
            if let bytes = SASToken.keyBytes(key), self.isSigned(with: bytes) { found = true }
        }
        return found
    }

    /// Whether the token is for `resource` or an ancestor of it at a `/`; compared without case.
    package func covers(_ resource: String) -> Bool {
        let own = self.resource.lowercased()
        let wanted = resource.lowercased()
        return wanted == own || wanted.hasPrefix(own + "/")
    }

    /// Makes a token.
    ///
    /// - Parameters:
    ///   - resource: what it is for, not encoded: `hub.example.org/devices/dev1`.
    ///   - key: the key's bytes.
    ///   - expiry: when it ends, cut to seconds.
    ///   - policy: the policy whose key this is, `nil` for a device's own.
    /// - Returns: the token.
    package static func make(resource: String, key: [UInt8], expiry: Timestamp, policy: String? = nil) -> String {
        let encoded = PercentEncoding.encode(resource)
        let seconds = expiry.milliseconds / 1_000
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(encoded)\n\(seconds)".utf8),
            using: SymmetricKey(data: key)
        )
        let signature = PercentEncoding.encode(Data(code).base64EncodedString())
        let suffix = policy.map { "&skn=\(PercentEncoding.encode($0))" } ?? ""
        return "\(SASToken.scheme)sr=\(encoded)&sig=\(signature)&se=\(seconds)\(suffix)"
    }

    /// The bytes of a base64 key; `nil` when it is not base64.
    package static func keyBytes(_ base64: String) -> [UInt8]? {
        Data(base64Encoded: base64).map(Array.init)
    }

    /// A new random key: 32 bytes, base64.
    package static func makeKey() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
    }
}
