import FoundationEssentials
import SwiftASN1
import X509

/// The built-in CA on the disk.
///
/// ```
/// tls/ca.pem            the CA in use, then those before it that are trusted still: what clients trust
/// tls/ca-key.pem        the key of the first, mode 0600
/// tls/ca-key-next.pem   the key of the next one, while it takes the place of the first
/// tls/ca-links.pem      see ``AuthoritySuccession/links``
/// tls/server.pem        the server's certificate, then the links; tls/server-key.pem
/// ```
/// A CA takes another's place with the write of `ca.pem`, and at no other moment: the key that fits to it counts.
struct AuthorityFiles {
    private static let certificates = "tls/ca.pem"
    private static let key = "tls/ca-key.pem"
    private static let nextKey = "tls/ca-key-next.pem"
    private static let links = "tls/ca-links.pem"

    let folder: DataFolder

    /// What is there; `nil` when there is no CA.
    ///
    /// - Throws: `StartError` naming the file.
    func read() throws(StartError) -> AuthoritySuccession? {
        // The certificate is written last: with the key alone no client trusts anything yet, so it is made again.
        guard let pem = try self.folder.read(AuthorityFiles.certificates) else { return nil }
        guard let key = try self.folder.read(AuthorityFiles.key) else {
            throw StartError(
                "\(self.folder.file(AuthorityFiles.key)) is missing beside ca.pem; restore it from a backup"
            )
        }
        let trusted: [Certificate]
        do {
            trusted = try CertificateAuthority.certificates(pem: String(decoding: pem, as: UTF8.self))
        } catch {
            throw self.unreadable(error)
        }
        guard let first = trusted.first else { throw self.unreadable("ca.pem holds no certificate") }
        let current = try self.authority(first, key: key)
        let links = try self.folder.read(AuthorityFiles.links).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return AuthoritySuccession(
            current: current,
            former: Array(trusted.dropFirst()),
            // They only help old clients along.
            links: (try? CertificateAuthority.certificates(pem: links)) ?? []
        )
    }

    /// Writes the first CA, or one that takes another's place.
    func write(_ succession: AuthoritySuccession) throws(StartError) {
        do {
            let hasOne = try self.folder.read(AuthorityFiles.certificates) != nil
            let key = try succession.current.keyPEM.utf8
            try self.folder.replace(hasOne ? AuthorityFiles.nextKey : AuthorityFiles.key, with: key)
            try self.writeLinks(succession)
            try self.folder.replace(
                AuthorityFiles.certificates,
                with: try CertificateAuthority.pem(succession.trusted).utf8,
                mode: 0o644
            )
            guard hasOne else { return }
            try self.folder.replace(AuthorityFiles.key, with: key)
            self.folder.remove(AuthorityFiles.nextKey)
        } catch let error as StartError {
            throw error
        } catch {
            throw StartError("the built-in CA cannot be written: \(error)")
        }
    }

    private func writeLinks(_ succession: AuthoritySuccession) throws {
        guard !succession.links.isEmpty else { return self.folder.remove(AuthorityFiles.links) }
        try self.folder.replace(
            AuthorityFiles.links,
            with: try CertificateAuthority.pem(succession.links).utf8,
            mode: 0o644
        )
    }

    /// The CA with the key that fits: a crash may have left the next one's beside it, or not yet in its place.
    private func authority(_ certificate: Certificate, key: [UInt8]) throws(StartError) -> CertificateAuthority {
        let next = try self.folder.read(AuthorityFiles.nextKey)
        do {
            let authority = try CertificateAuthority(
                certificate: certificate,
                keyPEM: String(decoding: key, as: UTF8.self)
            )
            if next != nil { self.folder.remove(AuthorityFiles.nextKey) }
            return authority
        } catch {
            guard let next,
                let authority = try? CertificateAuthority(
                    certificate: certificate,
                    keyPEM: String(decoding: next, as: UTF8.self)
                )
            else {
                if error is CertificateAuthority.KeyMismatch {
                    throw self.unreadable("ca-key.pem is not the key of the first certificate in ca.pem")
                }
                throw self.unreadable(error)
            }
            try self.folder.replace(AuthorityFiles.key, with: next)
            self.folder.remove(AuthorityFiles.nextKey)
            return authority
        }
    }

    private func unreadable(_ reason: any Error) -> StartError {
        self.unreadable("\(reason)")
    }

    private func unreadable(_ reason: String) -> StartError {
        StartError(
            "the built-in CA in \(self.folder.file("tls")) cannot be read: \(reason); restore ca.pem and ca-key.pem"
        )
    }
}
