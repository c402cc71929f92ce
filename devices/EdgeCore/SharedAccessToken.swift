package import TelemetryModel

/// A shared access signature before it is signed. The signature itself needs a cryptographic library, so the caller
/// makes it: HMAC-SHA256 of ``stringToSign`` with the base64-decoded key, in base64.
///
/// Source: Azure IoT Hub, "Control access with shared access signatures", token structure.
package struct SharedAccessToken: Equatable, Sendable {
    /// The resource, percent-encoded, as it is signed and sent.
    package let encodedResource: String
    /// Seconds since 1970.
    package let expirySeconds: Int64
    /// Name of the policy whose key signs; `nil` for a device's own key.
    package let policy: String?

    package init(resource: String, expiry: Timestamp, policy: String? = nil) {
        self.encodedResource = PercentEncoding.encode(resource)
        self.expirySeconds = expiry.milliseconds / 1_000
        self.policy = policy
    }

    package var stringToSign: String {
        "\(self.encodedResource)\n\(self.expirySeconds)"
    }

    /// The token as the MQTT password.
    package func text(signedWith base64Signature: String) -> String {
        let signature = PercentEncoding.encode(base64Signature)
        let name = self.policy.map { "&skn=\(PercentEncoding.encode($0))" } ?? ""
        return "SharedAccessSignature sr=\(self.encodedResource)&sig=\(signature)&se=\(self.expirySeconds)\(name)"
    }
}
