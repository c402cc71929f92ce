package import DeviceRegistry
import FoundationEssentials
import GatewayAPI
import HubProtocol
import Logging
import SwiftASN1
import Synchronization
package import TelemetryJSON
package import TelemetryModel
import X509

extension CertificateService: AuthorityServing {
    /// Characters of a common name. Source: RFC 5280 appendix A.1, ub-common-name.
    private static let commonNameMax = 64

    package func authority() async throws -> JSONObject {
        try await self.operate {
            let counts = try self.store.certificateCounts(at: self.now())
            self.state.withLock { $0.counts = counts }
            return try self.document()
        }
    }

    package func beginAuthority(
        replacing replaced: String?,
        trustsFormer: Bool,
        author: String
    ) async throws -> JSONObject {
        try await self.operate {
            let files = AuthorityFiles(folder: self.folder)
            let now = self.now().date
            let known = self.state.withLock { $0.succession }
            let succession: AuthoritySuccession
            if let known {
                guard let replaced else {
                    throw HubError(.authorityAlreadyExists, "there is a CA already, of serial \(known.current.serial)")
                }
                guard replaced == known.current.serial else {
                    throw HubError(
                        .preconditionFailed,
                        "the CA in use is \(known.current.serial), not \(replaced.prefix(64)): it was replaced meanwhile"
                    )
                }
                succession = try known.replaced(
                    by: CertificateAuthority(makingAt: now),
                    trustsFormer: trustsFormer,
                    at: now
                )
            } else {
                guard replaced == nil else {
                    throw HubError(.authorityNotFound, "there is no CA that could be replaced")
                }
                succession = AuthoritySuccession(try CertificateAuthority(makingAt: now))
            }
            try self.adopt(succession, in: files)
            if known != nil, !trustsFormer { try self.revokeOthers(than: succession, .caCompromise, author) }
            self.logger.notice(
                known == nil ? "there is a built-in CA" : "the built-in CA is another one",
                metadata: ["serial": "\(succession.current.serial)", "by": "\(author)"]
            )
            return try self.document()
        }
    }

    package func retireFormerAuthorities(author: String) async throws -> JSONObject {
        try await self.operate {
            guard let known = self.state.withLock({ $0.succession }) else {
                throw HubError(.authorityNotFound, "there is no CA")
            }
            if !known.former.isEmpty {
                try self.adopt(known.withoutFormer, in: AuthorityFiles(folder: self.folder))
                try self.revokeOthers(than: known, .superseded, author)
                self.logger.notice("the CAs before the one in use are trusted no more", metadata: ["by": "\(author)"])
            }
            return try self.document()
        }
    }

    package func renewServer() async throws -> JSONObject {
        try await self.operate {
            guard self.contexts != nil else {
                throw HubError(.resourceNotFound, "no listener has TLS, so there is no server certificate")
            }
            do {
                try self.refresh(isRenewal: true)
            } catch let error as StartError {
                throw HubError(.argumentInvalid, "the certificate in use stays: \(error)")
            }
            return try self.document()
        }
    }

    package func issue(
        to subject: IdentityID,
        request: String,
        days: Int,
        author: String
    ) async throws -> JSONObject {
        try await self.operate {
            guard let succession = self.state.withLock({ $0.succession }) else {
                throw HubError(.authorityNotFound, "there is no CA")
            }
            guard subject.description.utf8.count <= CertificateService.commonNameMax else {
                throw HubError(
                    .argumentInvalid,
                    "the id has \(subject.description.utf8.count) characters, and a certificate's common name at most "
                        + "\(CertificateService.commonNameMax)"
                )
            }
            let now = self.now()
            let certificate = try succession.current.issueDevice(
                subject,
                key: try CertificateService.key(in: request),
                days: days,
                at: now.date
            )
            let issued = IssuedCertificate(
                serial: certificate.serial,
                subject: subject,
                thumbprint: .sha256(of: try certificate.der),
                authority: succession.current.serial,
                notBefore: Timestamp(certificate.notValidBefore),
                notAfter: Timestamp(certificate.notValidAfter),
                issuedAt: now,
                author: author
            )
            try self.store.add(issued)
            let counts = try self.store.certificateCounts(at: now)
            self.state.withLock { $0.counts = counts }
            var document = CertificateDocument.make(issued, at: now)
            document.set("certificate", to: .string(try CertificateAuthority.pem([certificate])))
            document.set("trust", to: .string(try self.trust(succession)))
            return document
        }
    }

    package func certificates(
        _ selection: CertificateSelection,
        after number: Int64,
        limit: Int
    ) async throws -> (items: [JSONObject], next: Int64?) {
        try await self.operate {
            let found = try self.store.certificates(selection, after: number, limit: limit)
            let now = self.now()
            return (
                found.map { CertificateDocument.make($0, at: now) },
                found.count == limit ? found.last?.number : nil
            )
        }
    }

    package func revoke(
        _ selection: CertificateSelection,
        reason: RevocationReason,
        author: String
    ) async throws -> [JSONObject] {
        try await self.operate {
            guard try !self.store.certificates(selection, after: 0, limit: 1).isEmpty else {
                throw HubError(.certificateNotFound, "the gateway has issued no such certificate")
            }
            let now = self.now()
            let revoked = try self.revoke(selection, reason, author)
            return revoked.map { CertificateDocument.make($0, at: now) }
        }
    }

    /// Writes a CA, and makes everybody here use it.
    private func adopt(_ succession: AuthoritySuccession, in files: AuthorityFiles) throws {
        try files.write(succession)
        self.state.withLock { $0.succession = succession }
        self.clientAuthorities.trust(builtIn: succession.trusted)
        // Of the new CA and with its links. An operator's own has nothing to do with it.
        if self.configuration.certificateFile == nil { try self.refresh(isRenewal: true) }
    }

    private func revokeOthers(
        than succession: AuthoritySuccession,
        _ reason: RevocationReason,
        _ author: String
    ) throws {
        _ = try self.revoke(.othersThan(authority: succession.current.serial), reason, author)
    }

    private func revoke(
        _ selection: CertificateSelection,
        _ reason: RevocationReason,
        _ author: String
    ) throws -> [IssuedCertificate] {
        let now = self.now()
        let revoked = try self.store.revoke(
            selection,
            IssuedCertificate.Revocation(at: now, reason: reason, author: author)
        )
        let counts = try self.store.certificateCounts(at: now)
        let cut = self.state.withLock { state in
            state.counts = counts
            return state.onRevocation
        }
        cut(Set(revoked.map { ClientCertificate.mark(ofSerial: $0.serial) }))
        return revoked
    }

    private func document() throws -> JSONObject {
        let (succession, server, counts) = self.state.withLock { ($0.succession, $0.server, $0.counts) }
        var document = try CertificateDocument.make(succession, server, counts, self.warnings, at: self.now())
        document.set("trust", to: .string(try succession.map(self.trust) ?? ""))
        return document
    }

    /// What clients trust, PEM; empty when the server's certificate is the operator's own: who signed that, they know.
    private func trust(_ succession: AuthoritySuccession) throws -> String {
        self.configuration.certificateFile == nil ? try CertificateAuthority.pem(succession.trusted) : ""
    }

    /// The public key of a request whose signature proves that the private one exists.
    private static func key(in request: String) throws(HubError) -> Certificate.PublicKey {
        let parsed: CertificateSigningRequest
        do {
            parsed = try CertificateSigningRequest(pemEncoded: request)
        } catch {
            throw HubError(
                .argumentInvalid,
                "certificateRequest is no certificate request: expected PKCS #10 in PEM, with a key of EC P-256, P-384 or "
                    + "P-521, RSA or Ed25519"
            )
        }
        guard parsed.publicKey.isValidSignature(parsed.signature, for: parsed) else {
            throw HubError(.argumentInvalid, "certificateRequest is not signed by the key that it names")
        }
        return parsed.publicKey
    }
}
