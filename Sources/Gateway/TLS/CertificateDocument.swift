import DeviceRegistry
import FoundationEssentials
import TelemetryJSON
import TelemetryModel
import X509

/// Certificates as the API tells of them; see `AuthorityServing`.
enum CertificateDocument {
    /// A device's certificate.
    ///
    /// ```json
    /// {"deviceId":"dev1","serial":"4F…","thumbprint":"AB…","state":"revoked","notBefore":"…","notAfter":"…",
    ///  "authority":"1C…","issuedTime":"…","issuedBy":"policy:iothubowner",
    ///  "revokedTime":"…","revokedBy":"policy:iothubowner","revocationReason":"keyCompromise"}
    /// ```
    static func make(_ certificate: IssuedCertificate, at now: Timestamp) -> JSONObject {
        var document: JSONObject = ["deviceId": .string(certificate.subject.device)]
        if let module = certificate.subject.module { document.set("moduleId", to: .string(module)) }
        for (name, value) in [
            ("serial", certificate.serial), ("thumbprint", certificate.thumbprint.hex),
            ("state", certificate.state(at: now).rawValue), ("notBefore", certificate.notBefore.description),
            ("notAfter", certificate.notAfter.description), ("authority", certificate.authority),
            ("issuedTime", certificate.issuedAt.description), ("issuedBy", certificate.author),
        ] {
            document.set(name, to: .string(value))
        }
        if let revocation = certificate.revocation {
            document.set("revokedTime", to: .string(revocation.at.description))
            document.set("revokedBy", to: .string(revocation.author))
            document.set("revocationReason", to: .string(revocation.reason.rawValue))
        }
        return document
    }

    /// The CA and what hangs on it, without `trust`.
    static func make(
        _ succession: AuthoritySuccession?,
        _ server: ServerTLS.Identity?,
        _ counts: CertificateCounts,
        _ warnings: CertificateWarnings,
        at now: Timestamp
    ) throws -> JSONObject {
        let trusted = succession?.trusted ?? []
        let authorities = try trusted.enumerated().map { index, certificate -> JSONValue in
            .object(try self.make(certificate, isInUse: index == 0, at: now))
        }
        var document: JSONObject = ["authorities": .array(authorities)]
        if let server { document.set("server", to: .object(self.make(server, at: now))) }
        document.set(
            "devices",
            to: .object([
                "valid": .integer(Int64(counts.valid)), "ending": .integer(Int64(counts.ending)),
                "expired": .integer(Int64(counts.expired)), "revoked": .integer(Int64(counts.revoked)),
            ])
        )
        document.set("faults", to: .array(warnings.faults.map { .string($0) }))
        document.set("warnings", to: .array(warnings.warnings.map { .string($0) }))
        return document
    }

    private static func make(_ authority: Certificate, isInUse: Bool, at now: Timestamp) throws -> JSONObject {
        let notAfter = Timestamp(authority.notValidAfter)
        let state = CertificateState(notAfter: notAfter, notice: CertificateState.authorityNotice, at: now)
        return [
            "serial": .string(authority.serial), "thumbprint": .string(Thumbprint.sha256(of: try authority.der).hex),
            "state": .string(state.rawValue), "notBefore": .string(Timestamp(authority.notValidBefore).description),
            "notAfter": .string(notAfter.description), "inUse": .bool(isInUse),
        ]
    }

    private static func make(_ server: ServerTLS.Identity, at now: Timestamp) -> JSONObject {
        let state = CertificateState(notAfter: server.notAfter, notice: CertificateState.leafNotice, at: now)
        var document: JSONObject = [
            "serial": .string(server.serial), "thumbprint": .string(Thumbprint.sha256(of: server.certificate).hex),
            "state": .string(state.rawValue), "notBefore": .string(server.notBefore.description),
            "notAfter": .string(server.notAfter.description),
        ]
        if let file = server.file { document.set("file", to: .string(file)) }
        return document
    }
}
