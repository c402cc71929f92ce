import HubProtocol
import Testing

@Suite("certificates in files")
struct CertificateFileTests {
    private static let der: [UInt8] = [0x30, 0x03, 0x02, 0x01, 0x01]
    private static let thumbprint = "1B65F68A522C858715F5DD951CD0402DC16691778814BF0759822B7A257421D0"

    @Test("PEM gives its first certificate, with text before it and lines of any length")
    func pem() {
        let text = "subject=x\n-----BEGIN CERTIFICATE-----\r\nMAMC\r\nAQE=\r\n-----END CERTIFICATE-----\n-----BEGIN"
        #expect(CertificateFile(Array(text.utf8))?.der == Self.der)
        #expect(CertificateFile(Array(text.utf8))?.thumbprint == Self.thumbprint)
    }

    @Test("DER is taken as it is when its length fits", arguments: [(256, true), (255, false), (257, false)])
    func der(count: Int, isOne: Bool) {
        #expect((CertificateFile([0x30, 0x82, 0x01, 0x00] + [UInt8](repeating: 0, count: count)) != nil) == isOne)
    }

    @Test(
        "what is no certificate is none",
        arguments: [
            "", "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----*-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE-----",
            "-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n-----END PRIVATE KEY-----",
        ]
    )
    func none(text: String) {
        #expect(CertificateFile(Array(text.utf8)) == nil)
    }
}
