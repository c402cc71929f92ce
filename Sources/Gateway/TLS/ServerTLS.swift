package import FoundationEssentials
import NIOCore
package import NIOSSL
import SwiftASN1

/// The TLS side of the listeners: which certificate, and the settings every listener shares.
package enum ServerTLS {
    /// The server's context: TLS 1.2 and up, because the Python device SDK offers 1.2 only.
    ///
    /// A client is asked for a certificate and may have none. Which one is good is decided at CONNECT, when it is known
    /// whose it should be: every `NIOSSLServerHandler` of this context needs a `customVerificationCallback` that takes
    /// any certificate, or the handshake of a self-signed one fails. Source: contract iothub-mqtt section 3, "X.509".
    ///
    /// The operator's own certificate is used when there is one; else the built-in CA is made at the first start and
    /// its server certificate renewed when it nears its end or the hub's names change.
    ///
    /// - Parameters:
    ///   - folder: holds `tls/`.
    ///   - configuration: names and the operator's files.
    ///   - now: wall time.
    /// - Returns: a context for every TLS listener.
    /// - Throws: `StartError` naming the file.
    package static func context(
        in folder: DataFolder,
        configuration: GatewayConfiguration,
        at now: Date = Date()
    ) throws(StartError) -> NIOSSLContext {
        let certificatePath: String
        let keyPath: String
        if let certificateFile = configuration.certificateFile, let keyFile = configuration.keyFile {
            certificatePath = certificateFile
            keyPath = keyFile
        } else {
            try ServerTLS.prepareBuiltIn(in: folder, names: configuration.hubNames, at: now)
            certificatePath = folder.file("tls/server.pem")
            keyPath = folder.file("tls/server-key.pem")
        }
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificatePath).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let key = try NIOSSLPrivateKey(file: keyPath, format: .pem)
            var tls = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
            tls.minimumTLSVersion = .tlsv12
            // Asks, without demanding. No roots, so none are loaded (the system's cost some MiB) and none are named to
            // the client: it shows what it has.
            tls.certificateVerification = .optionalVerification
            tls.trustRoots = .certificates([])
            // How long a peer that does not answer holds a socket after we closed it.
            tls.shutdownTimeout = .seconds(1)
            return try NIOSSLContext(configuration: tls)
        } catch {
            throw StartError(
                "TLS cannot start with \(certificatePath) and \(keyPath): \(error); "
                    + "expected a PEM certificate chain and its unencrypted PEM key"
            )
        }
    }

    private static func prepareBuiltIn(in folder: DataFolder, names: [String], at now: Date) throws(StartError) {
        let authority = try ServerTLS.authority(in: folder, at: now)
        let reachable = names + ["localhost", "127.0.0.1"].filter { !names.contains($0) }
        if let pem = try folder.read("tls/server.pem"), try folder.read("tls/server-key.pem") != nil,
            authority.accepts(
                serverCertificatePEM: String(decoding: pem, as: UTF8.self),
                names: reachable,
                at: now
            )
        {
            return
        }
        let issued: (certificatePEM: String, keyPEM: String)
        do {
            issued = try authority.issueServer(names: reachable, at: now)
        } catch {
            throw StartError("the built-in CA cannot issue a certificate for \(reachable): \(error)")
        }
        try folder.replace("tls/server-key.pem", with: issued.keyPEM.utf8)
        try folder.replace("tls/server.pem", with: issued.certificatePEM.utf8, mode: 0o644)
    }

    private static func authority(in folder: DataFolder, at now: Date) throws(StartError) -> CertificateAuthority {
        let certificate = try folder.read("tls/ca.pem")
        let key = try folder.read("tls/ca-key.pem")
        if let certificate, let key {
            do {
                return try CertificateAuthority(
                    certificatePEM: String(decoding: certificate, as: UTF8.self),
                    keyPEM: String(decoding: key, as: UTF8.self)
                )
            } catch {
                throw StartError(
                    "the built-in CA in \(folder.file("tls")) cannot be read: \(error); restore ca.pem and ca-key.pem"
                )
            }
        }
        // The certificate is written last: with the key alone no client trusts anything yet, so it is made again.
        guard certificate == nil else {
            throw StartError("\(folder.file("tls/ca-key.pem")) is missing beside ca.pem; restore it from a backup")
        }
        do {
            let authority = try CertificateAuthority(makingAt: now)
            try folder.replace("tls/ca-key.pem", with: try authority.keyPEM.utf8)
            try folder.replace(
                "tls/ca.pem",
                with: try authority.certificate.serializeAsPEM().pemString.utf8,
                mode: 0o644
            )
            return authority
        } catch let error as StartError {
            throw error
        } catch {
            throw StartError("the built-in CA cannot be made: \(error)")
        }
    }
}
