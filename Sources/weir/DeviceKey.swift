import Crypto
import SwiftASN1
import X509

/// A key that is made for a device on this machine; the gateway sees the public part only.
struct DeviceKey {
    private let key: Certificate.PrivateKey

    /// A new EC P-256 key.
    init() {
        self.key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    }

    /// The private key, PKCS #8 PEM.
    var pem: String {
        get throws { try self.key.serializeAsPEM().pemString + "\n" }
    }

    /// The request for a certificate of this name, PKCS #10 PEM.
    func request(for name: String) throws -> String {
        try CertificateSigningRequest(
            version: .v1,
            subject: try DistinguishedName { CommonName(name) },
            privateKey: self.key,
            attributes: CertificateSigningRequest.Attributes(),
            signatureAlgorithm: .ecdsaWithSHA256
        ).serializeAsPEM().pemString
    }
}
