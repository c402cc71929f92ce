import DeviceRegistry
import Gateway
import TelemetryModel
import Testing

@Suite("what is said about certificates that end")
struct CertificateWarningsTests {
    private static let now = Timestamp(seconds: 1_795_000_000)

    private static func term(days: Int64, file: String? = nil) -> CertificateWarnings.Term {
        CertificateWarnings.Term(notAfter: self.now + .seconds(days * 86_400), file: file)
    }

    private static func warnings(
        server: CertificateWarnings.Term? = nil,
        authority: CertificateWarnings.Term? = nil,
        devices: CertificateCounts = CertificateCounts(),
        renewalFault: String? = nil
    ) -> CertificateWarnings {
        CertificateWarnings(
            server: server,
            authority: authority,
            devices: devices,
            renewalFault: renewalFault,
            at: self.now
        )
    }

    @Test("nothing that ends is nothing to say")
    func nothing() {
        let quiet = Self.warnings(server: Self.term(days: 397), authority: Self.term(days: 3_650))
        #expect(quiet.faults.isEmpty && quiet.warnings.isEmpty)
        let none = Self.warnings()
        #expect(none.faults.isEmpty && none.warnings.isEmpty)
    }

    @Test(
        "the gateway's own server certificate should have been renewed long before its end, an operator's own is theirs",
        arguments: [(nil, 15, false), (nil, 14, true), ("/own.pem", 31, false), ("/own.pem", 30, true)]
            as [(String?, Int64, Bool)]
    )
    func server(file: String?, days: Int64, isTold: Bool) throws {
        let found = Self.warnings(server: Self.term(days: days, file: file))
        #expect(found.faults.isEmpty)
        #expect(!found.warnings.isEmpty == isTold)
        if isTold { #expect(try #require(found.warnings.first).contains(file ?? "weir ca renew")) }
    }

    @Test(
        "a CA is told half a year before, since everybody has to get the next one",
        arguments: [(181, false), (180, true)] as [(Int64, Bool)]
    )
    func authority(days: Int64, isTold: Bool) {
        let found = Self.warnings(authority: Self.term(days: days))
        #expect(found.warnings.contains { $0.contains("weir ca init --replace") } == isTold)
    }

    @Test("what has ended is a fault, with what to do")
    func ended() {
        let found = Self.warnings(server: Self.term(days: -1, file: "/own.pem"), authority: Self.term(days: -1))
        #expect(found.faults.count == 2 && found.warnings.isEmpty)
        #expect(found.faults[0].contains("/own.pem") && found.faults[1].contains("weir ca init --replace"))
    }

    @Test(
        "devices' certificates and a renewal that failed are told",
        arguments: [(1, "of 1 device ends"), (2, "of 2 devices end")]
    )
    func devices(count: Int, words: String) {
        let found = Self.warnings(devices: CertificateCounts(valid: 9, ending: count), renewalFault: "the disk is full")
        #expect(found.faults.isEmpty && found.warnings.count == 2)
        #expect(found.warnings[0].contains("the disk is full") && found.warnings[1].contains(words))
    }
}
