package import FoundationEssentials
package import X509

/// The built-in CA in use, those before it that are trusted still, and the links by which clients of the old ones follow.
///
/// ```
/// trusts A only:  server ─► B ─ link, signed by A ─► A        trusts B:  server ─► B
/// ```
/// Pure: what is on the disk is ``AuthorityFiles``.
package struct AuthoritySuccession: Sendable {
    /// Signs what is issued from now on.
    package let current: CertificateAuthority
    /// The newest first. Devices' certificates that these signed are good.
    package let former: [Certificate]
    /// The current CA's key signed by the one before it, then that one's by the one before that.
    package let links: [Certificate]

    /// A CA with nothing before it.
    package init(_ current: CertificateAuthority) {
        self.init(current: current, former: [], links: [])
    }

    /// What was stored; links that do not lead from the current CA on are left out.
    init(current: CertificateAuthority, former: [Certificate], links: [Certificate]) {
        self.current = current
        self.former = former
        var key = current.certificate.publicKey
        var found: [Certificate] = []
        for link in links where link.publicKey == key {
            guard let issuer = former.first(where: { $0.publicKey.isValidSignature(link.signature, for: link) }) else {
                continue
            }
            found.append(link)
            key = issuer.publicKey
        }
        self.links = found
    }

    /// What clients and the gateway trust, the CA in use first.
    package var trusted: [Certificate] { [self.current.certificate] + self.former }

    /// The same without CAs that have ended, and the links to them.
    package func pruned(at now: Date) -> AuthoritySuccession {
        AuthoritySuccession(
            current: self.current,
            former: self.former.filter { $0.notValidAfter > now },
            links: self.links.filter { $0.notValidAfter > now }
        )
    }

    /// With another CA in use from now on.
    ///
    /// - Parameters:
    ///   - next: the new one.
    ///   - trustsFormer: whether what the CAs until now have signed stays good.
    ///   - now: wall time.
    /// - Returns: the succession with it.
    /// - Throws: what the certificate library says.
    package func replaced(
        by next: CertificateAuthority,
        trustsFormer: Bool,
        at now: Date
    ) throws -> AuthoritySuccession {
        guard trustsFormer else { return AuthoritySuccession(next) }
        return AuthoritySuccession(
            current: next,
            former: self.trusted,
            links: [try self.current.link(to: next, at: now)] + self.links
        ).pruned(at: now)
    }

    /// The end of a change-over: nothing before the CA in use counts.
    package var withoutFormer: AuthoritySuccession { AuthoritySuccession(self.current) }
}
