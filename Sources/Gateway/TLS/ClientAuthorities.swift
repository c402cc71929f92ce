import FoundationEssentials
import SwiftASN1
import Synchronization
package import X509

/// The CAs whose client certificates are good, and the check of a chain against them.
///
/// - Dates, signatures, basic and name constraints as RFC 5280 has them; a leaf that limits its uses must allow client
///   authentication, so that a server's certificate opens no device.
/// - Chains are built on blocking threads, and of ``ClientCertificate/chainMax`` certificates at most: what a client shows
///   holds up no other.
/// - A resumed TLS session brings the leaf only. The intermediates of chains that were good are remembered for it.
package final class ClientAuthorities: Sendable {
    /// Intermediates remembered.
    static let intermediatesMax = 64

    /// The operator's.
    private let given: [Certificate]
    /// The gateway's own.
    private let builtIn = Mutex<[Certificate]>([])
    private let intermediates = Mutex<[Certificate]>([])

    /// These CAs.
    package init(roots: [Certificate]) {
        self.given = roots
    }

    /// The authorities of an enrollment, DER; what cannot be read opens to nobody.
    convenience init(der certificates: [[UInt8]]) {
        self.init(roots: certificates.compactMap { try? Certificate(derEncoded: $0) })
    }

    /// Reads CA files.
    ///
    /// - Parameters:
    ///   - files: PEM, one certificate or more each.
    ///   - builtIn: the gateway's own CA, and those before it that are trusted still.
    /// - Throws: `StartError` naming the file.
    package convenience init(files: [String], builtIn: [Certificate] = []) throws(StartError) {
        var roots = [Certificate]()
        for path in files {
            let pem: Data
            do {
                pem = try Data(contentsOf: URL(filePath: path))
            } catch {
                throw StartError("tls.clientAuthorityFiles: \(path) cannot be read: \(error)")
            }
            roots += try ClientAuthorities.certificates(Array(pem), path: path)
        }
        self.init(roots: roots)
        self.trust(builtIn: builtIn)
    }

    /// From now on these are the gateway's own CAs.
    func trust(builtIn certificates: [Certificate]) {
        self.builtIn.withLock { $0 = certificates }
    }

    /// Whether the chain leads to one of the CAs now.
    func accept(_ certificate: ClientCertificate) async -> Bool {
        await self.validated(certificate) != nil
    }

    /// The CA, DER, to which the chain leads now; `nil` when it leads to none.
    func root(of certificate: ClientCertificate) async -> [UInt8]? {
        guard let root = await self.validated(certificate)?.last else { return nil }
        return try? root.der
    }

    /// The chain, the leaf first and the CA last.
    private func validated(_ certificate: ClientCertificate) async -> [Certificate]? {
        let roots = self.given + self.builtIn.withLock { $0 }
        guard !roots.isEmpty, let leaf = try? Certificate(derEncoded: certificate.chain[0]) else { return nil }
        let shown = certificate.chain.dropFirst().compactMap { try? Certificate(derEncoded: $0) }
        let known = self.intermediates.withLock { $0 }
        var verifier = Verifier(rootCertificates: CertificateStore(roots)) {
            RFC5280Policy()
            ClientUsePolicy()
        }
        let result = await withTaskExecutorPreference(BlockingExecutor.shared) {
            await verifier.validate(leaf: leaf, intermediates: CertificateStore(shown + known))
        }
        switch result {
        case .couldNotValidate:
            return nil
        case .validCertificate(let chain):
            self.remember(chain.dropFirst().dropLast())
            return Array(chain)
        }
    }

    private func remember(_ certificates: some Sequence<Certificate>) {
        self.intermediates.withLock { known in
            for certificate in certificates where !known.contains(certificate) {
                if known.count >= ClientAuthorities.intermediatesMax { known.removeFirst() }
                known.append(certificate)
            }
        }
    }

    private static func certificates(_ pem: [UInt8], path: String) throws(StartError) -> [Certificate] {
        do {
            let documents = try PEMDocument.parseMultiple(pemString: String(decoding: pem, as: UTF8.self))
            let certificates = try documents.map { try Certificate(pemDocument: $0) }
            guard !certificates.isEmpty else { throw StartError("\(path) holds no certificate; expected PEM") }
            return certificates
        } catch let error as StartError {
            throw error
        } catch {
            throw StartError("the client CA \(path) cannot be read: \(error); expected certificates in PEM")
        }
    }
}

/// A leaf that limits its uses allows client authentication. Source: RFC 5280 section 4.2.1.12.
private struct ClientUsePolicy: VerifierPolicy {
    let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [.X509ExtensionID.extendedKeyUsage]

    mutating func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) async -> PolicyEvaluationResult {
        let uses: ExtendedKeyUsage?
        do {
            uses = try chain.leaf.extensions.extendedKeyUsage
        } catch {
            return .failsToMeetPolicy(reason: "the extended key usage cannot be read: \(error)")
        }
        guard let uses, !uses.contains(.clientAuth), !uses.contains(.any) else { return .meetsPolicy }
        return .failsToMeetPolicy(reason: "the certificate is not for client authentication")
    }
}
