import DeviceRegistry
import TelemetryJSON
import TelemetryModel
import Testing

@Suite("the certificates that the built-in CA gave out")
struct CertificateStoreTests {
    private static let day: Int64 = 86_400

    private static func certificate(
        _ serial: String,
        _ subject: String,
        authority: String = "AA",
        days: Int64 = 365
    ) throws -> IssuedCertificate {
        IssuedCertificate(
            serial: serial,
            subject: try #require(IdentityID(subject)),
            thumbprint: Thumbprint.sha256(of: Array(serial.utf8)),
            authority: authority,
            notBefore: Registry.now,
            notAfter: Registry.now + .seconds(days * Self.day),
            issuedAt: Registry.now,
            author: "policy:iothubowner"
        )
    }

    private static func revocation(_ reason: RevocationReason = .keyCompromise) -> IssuedCertificate.Revocation {
        IssuedCertificate.Revocation(at: Registry.now, reason: reason, author: "policy:p")
    }

    @Test("they come back in the order in which they were issued, all or of one device or module, page by page")
    func list() throws {
        let registry = try Registry()
        let all = try [("01", "dev1"), ("02", "dev1/mod1"), ("03", "dev2"), ("04", "dev1")].map {
            try Self.certificate($0.0, $0.1)
        }
        for certificate in all { try registry.store.add(certificate) }
        func serials(_ selection: CertificateSelection, after: Int64 = 0, limit: Int = 9) throws -> [String] {
            try registry.store.certificates(selection, after: after, limit: limit).map(\.serial)
        }
        #expect(try serials(.all) == ["01", "02", "03", "04"])
        #expect(try serials(.all, limit: 2) == ["01", "02"])
        let second = try registry.store.certificates(.all, after: 0, limit: 2)[1]
        #expect(try serials(.all, after: second.number, limit: 2) == ["03", "04"])
        #expect(try serials(.subject(try #require(IdentityID("dev1")))) == ["01", "04"])
        #expect(try serials(.subject(try #require(IdentityID("dev1/mod1")))) == ["02"])
        #expect(try serials(.serial("03")) == ["03"])
        var expected = all[2]
        expected.number = try #require(try registry.store.certificates(.serial("03"), after: 0, limit: 1).first).number
        #expect(try registry.store.certificates(.serial("03"), after: 0, limit: 1) == [expected])
        #expect(throws: RegistryError.self) { try registry.store.add(all[0]) }
    }

    @Test("a revoked one stays revoked with its first reason, over a restart too; what has ended is left alone")
    func revoke() throws {
        let registry = try Registry()
        let device = try #require(IdentityID("dev1"))
        for (serial, days) in [("01", 365), ("02", -1), ("03", 10)] as [(String, Int64)] {
            try registry.store.add(try Self.certificate(serial, "dev1", days: days))
        }
        try registry.store.add(try Self.certificate("04", "dev2"))
        #expect(try registry.store.revocation(serial: "01") == nil)
        let first = try registry.store.revoke(.serial("01"), Self.revocation())
        #expect(first.map(\.serial) == ["01"])
        #expect(try registry.store.revoke(.serial("01"), Self.revocation(.superseded)).isEmpty)
        #expect(try registry.store.revoke(.subject(device), Self.revocation(.superseded)).map(\.serial) == ["03"])
        #expect(try registry.store.revoke(.serial("99"), Self.revocation()).isEmpty)
        let again = try Registry.open(registry.folder)
        defer { again.close() }
        #expect(try again.revocation(serial: "01") == Self.revocation())
        #expect(try again.revocation(serial: "03")?.reason == .superseded)
        #expect(try again.revocation(serial: "04") == nil)
        #expect(try again.revocation(serial: "99") == nil)
    }

    @Test("those of other authorities are revoked together")
    func authorities() throws {
        let registry = try Registry()
        for (serial, authority) in [("01", "AA"), ("02", "BB"), ("03", "CC")] {
            try registry.store.add(try Self.certificate(serial, "dev1", authority: authority))
        }
        #expect(
            try registry.store.revoke(.othersThan(authority: "BB"), Self.revocation()).map(\.serial) == ["01", "03"]
        )
    }

    @Test("one that ends soon counts as ending unless its device has a later one")
    func counts() throws {
        let registry = try Registry()
        for (serial, subject, days) in [
            ("01", "dev1", 10), ("02", "dev1", 365), ("03", "dev2", 30), ("04", "dev2/m", 365), ("05", "dev3", -1),
            ("06", "dev4", 31),
        ] as [(String, String, Int64)] {
            try registry.store.add(try Self.certificate(serial, subject, days: days))
        }
        #expect(
            try registry.store.certificateCounts(at: Registry.now)
                == CertificateCounts(valid: 5, ending: 1, expired: 1, revoked: 0)
        )
        _ = try registry.store.revoke(.serial("02"), Self.revocation())
        #expect(
            try registry.store.certificateCounts(at: Registry.now)
                == CertificateCounts(valid: 4, ending: 2, expired: 1, revoked: 1)
        )
    }

    @Test("what is issued and revoked is an event of its device")
    func events() throws {
        let registry = try Registry()
        try registry.store.add(try Self.certificate("01", "dev1/mod1"))
        _ = try registry.store.revoke(.serial("01"), Self.revocation())
        let events = try registry.store.outbox(after: 0, limit: 9, bytesMax: 1 << 20).map(\.event)
        #expect(events.map(\.operation) == ["issueCertificate", "revokeCertificate"])
        #expect(events.allSatisfy { $0.topic == "lifecycle" && $0.id?.description == "dev1/mod1" })
        let body = try #require(try JSONValue(parsing: events[1].value).object)
        #expect(body["reason"]?.string == "keyCompromise" && body["serial"]?.string == "01")
        #expect(body["by"]?.string == "policy:p")
    }
}
