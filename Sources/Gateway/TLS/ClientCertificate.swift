import DeviceRegistry
import SwiftASN1
import X509

/// What a client showed in the TLS handshake, which proved only that it has the key.
struct ClientCertificate {
    /// Certificates of a chain that are looked at, the leaf included; longer chains are cut, since the client chooses how
    /// much work they make.
    static let chainMax = 5

    /// The leaf first.
    let chain: [[UInt8]]
    /// The subject's common name; `nil` when there is none or more than one, or the leaf cannot be read.
    let commonName: String?
    /// Both thumbprints of the leaf.
    let thumbprints: [Thumbprint]
    /// The leaf's, as `IssuedCertificate` has it; `nil` when it cannot be read, and then it is none of ours.
    let serial: String?

    /// The client's chain; `nil` when it showed none.
    ///
    /// - Parameter chain: DER, leaf first.
    init?(chain: [[UInt8]]) {
        guard let leaf = chain.first else { return nil }
        self.chain = Array(chain.prefix(ClientCertificate.chainMax))
        self.thumbprints = Thumbprint.all(of: leaf)
        let certificate = try? Certificate(derEncoded: leaf)
        self.commonName = certificate.flatMap(ClientCertificate.commonName)
        self.serial = certificate?.serial
    }

    /// Tells one certificate from another in this run of the process.
    static func mark(ofSerial serial: String) -> Int {
        DeviceIdentity.credentialMark(of: "certificate \(serial)")
    }

    private static func commonName(of certificate: Certificate) -> String? {
        let names = certificate.subject.flatMap { $0 }.filter { $0.type == .RDNAttributeType.commonName }
        guard names.count == 1 else { return nil }
        return String(names[0].value)
    }
}
