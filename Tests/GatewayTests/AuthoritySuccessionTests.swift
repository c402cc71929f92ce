import Crypto
import FoundationEssentials
import Gateway
import SwiftASN1
import TelemetryModel
import Testing
import X509

@Suite("one CA in the place of another, RFC 4210 section 4.4")
struct AuthoritySuccessionTests {
    /// Chains are verified at the time of day; certificates know whole seconds.
    private static let now = Date(timeIntervalSince1970: Date.now.timeIntervalSince1970.rounded(.down))
    private static let day: TimeInterval = 86_400

    /// Whether a client that trusts these accepts what the server shows.
    private static func accepts(
        _ leaf: Certificate,
        _ links: [Certificate],
        trusting roots: [Certificate]
    ) async -> Bool {
        var verifier = Verifier(rootCertificates: CertificateStore(roots)) {
            RFC5280Policy()
        }
        let result = await verifier.validate(leaf: leaf, intermediates: CertificateStore(links))
        if case .validCertificate = result { return true }
        return false
    }

    private static func server(of authority: CertificateAuthority) throws -> Certificate {
        try Certificate(pemEncoded: authority.issueServer(names: ["gw"], at: self.now).certificatePEM)
    }

    @Test("who trusts any CA of the line accepts the newest server certificate; who trusts another does not")
    func follow() async throws {
        let first = try CertificateAuthority(makingAt: Self.now)
        let second = try CertificateAuthority(makingAt: Self.now)
        let third = try CertificateAuthority(makingAt: Self.now)
        let line = try AuthoritySuccession(first)
            .replaced(by: second, trustsFormer: true, at: Self.now)
            .replaced(by: third, trustsFormer: true, at: Self.now)
        #expect(line.trusted == [third, second, first].map(\.certificate))
        #expect(line.links.count == 2)
        let leaf = try Self.server(of: third)
        for authority in [first, second, third] {
            #expect(await Self.accepts(leaf, line.links, trusting: [authority.certificate]))
        }
        let stranger = try CertificateAuthority(makingAt: Self.now)
        #expect(await !Self.accepts(leaf, line.links, trusting: [stranger.certificate]))
        #expect(await !Self.accepts(leaf, [], trusting: [first.certificate]), "the link is what leads there")
    }

    @Test("a CA whose key got out leads nowhere any more")
    func distrust() async throws {
        let first = try CertificateAuthority(makingAt: Self.now)
        let second = try CertificateAuthority(makingAt: Self.now)
        let line = try AuthoritySuccession(first).replaced(by: second, trustsFormer: false, at: Self.now)
        #expect(line.trusted == [second.certificate] && line.links.isEmpty)
        #expect(await !Self.accepts(try Self.server(of: second), line.links, trusting: [first.certificate]))
    }

    @Test("what has ended is left out, and a finished change-over leaves one CA")
    func end() throws {
        let first = try CertificateAuthority(makingAt: Self.now)
        let second = try CertificateAuthority(makingAt: Self.now + 365 * Self.day)
        let line = try AuthoritySuccession(first).replaced(
            by: second,
            trustsFormer: true,
            at: Self.now + 365 * Self.day
        )
        #expect(line.pruned(at: Self.now + 3_649 * Self.day).former.count == 1)
        let late = line.pruned(at: Self.now + 3_651 * Self.day)
        #expect(late.former.isEmpty && late.links.isEmpty && late.trusted == [second.certificate])
        #expect(line.withoutFormer.trusted == [second.certificate] && line.withoutFormer.links.isEmpty)
    }

    @Test("a device's certificate names it, is for clients only, and ends with the CA at the latest")
    func device() throws {
        let authority = try CertificateAuthority(makingAt: Self.now)
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let subject = try #require(IdentityID("dev:1/mod"))
        let certificate = try authority.issueDevice(subject, key: key.publicKey, days: 90, at: Self.now)
        #expect(certificate.subject.description == "CN=dev:1/mod")
        #expect(certificate.publicKey == key.publicKey)
        #expect(certificate.notValidAfter == Self.now + 90 * Self.day)
        #expect(try certificate.extensions.extendedKeyUsage == ExtendedKeyUsage([.clientAuth]))
        #expect(
            try certificate.extensions.subjectAlternativeNames
                == SubjectAlternativeNames([.uniformResourceIdentifier("urn:weir:device:dev%3A1:module:mod")])
        )
        let last = try authority.issueDevice(subject, key: key.publicKey, days: 3_650, at: Self.now + 30 * Self.day)
        #expect(last.notValidAfter == authority.certificate.notValidAfter)
    }
}
