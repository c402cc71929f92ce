import DeviceRegistry
import TelemetryModel
import Testing

@Suite("what is to be said of a certificate at some time")
struct CertificateStateTests {
    private static let end = Timestamp(seconds: 1_000_000)

    @Test(
        "a certificate ends soon from the notice on, and is good to its last moment",
        arguments: [
            (-86_400_001, .valid), (-86_400_000, .ending), (0, .ending), (1, .expired),
        ] as [(Int64, CertificateState)]
    )
    func limits(millisecondsAfterEnd: Int64, expected: CertificateState) {
        let now = Self.end + .milliseconds(millisecondsAfterEnd)
        #expect(CertificateState(notAfter: Self.end, notice: .seconds(86_400), at: now) == expected)
        #expect(CertificateState(notAfter: Self.end, isRevoked: true, notice: .seconds(86_400), at: now) == .revoked)
    }

    @Test(
        "a serial is read as people write it",
        arguments: [
            ("4f:0a:c1", "4F0AC1"), ("4F0AC1", "4F0AC1"), ("4f 0a c1", "4F0AC1"), ("4f0", nil), ("", nil), ("0g", nil),
            (String(repeating: "ab", count: 20), String(repeating: "AB", count: 20)),
            (String(repeating: "ab", count: 21), nil),
        ] as [(String, String?)]
    )
    func serial(text: String, expected: String?) {
        #expect(IssuedCertificate.serial(text) == expected)
    }

    @Test("a serial's bytes are two digits each")
    func bytes() {
        #expect(IssuedCertificate.serial([0x01, 0xAB, 0x00]) == "01AB00")
    }
}
