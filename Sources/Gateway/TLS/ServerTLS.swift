import DeviceRegistry
package import FoundationEssentials
import NIOCore
package import NIOSSL
package import TelemetryModel
import X509

/// The TLS side of the listeners: which certificate, and the settings every listener shares.
package enum ServerTLS {
    /// A server certificate, ready for use.
    package struct Identity: Sendable {
        /// For every TLS listener.
        package let context: NIOSSLContext
        /// The certificate, DER.
        package let certificate: [UInt8]
        /// As `IssuedCertificate` has it.
        package let serial: String
        package let notBefore: Timestamp
        package let notAfter: Timestamp
        /// The operator's own file; `nil`: the built-in CA issued it.
        package let file: String?
    }

    /// The server's certificate and context: TLS 1.2 and up, because the Python device SDK offers 1.2 only.
    ///
    /// A client is asked for a certificate and may have none. Which one is good is decided at CONNECT, when it is known
    /// whose it should be: every `NIOSSLServerHandler` of this context needs a `customVerificationCallback` that takes
    /// any certificate, or the handshake of a self-signed one fails. Source: contract iothub-mqtt section 3, "X.509".
    ///
    /// The operator's own certificate is used when there is one; else the built-in CA is made at the first start and
    /// its server certificate renewed when it nears its end or the hub's names change. Blocks on the files.
    ///
    /// - Parameters:
    ///   - folder: holds `tls/`.
    ///   - configuration: names and the operator's files.
    ///   - isRenewal: issues a certificate of the built-in CA also when there is a good one.
    ///   - now: wall time.
    /// - Returns: what every TLS listener shows.
    /// - Throws: `StartError` naming the file.
    package static func identity(
        in folder: DataFolder,
        configuration: GatewayConfiguration,
        isRenewal: Bool = false,
        at now: Date = Date()
    ) throws(StartError) -> Identity {
        if let certificateFile = configuration.certificateFile, let keyFile = configuration.keyFile {
            return try self.load(certificateFile, key: keyFile, isOwn: true)
        }
        let succession = try self.authority(in: folder, at: now)
        try self.prepareBuiltIn(in: folder, succession, names: configuration.hubNames, isRenewal: isRenewal, at: now)
        return try self.load(folder.file("tls/server.pem"), key: folder.file("tls/server-key.pem"), isOwn: false)
    }

    /// The built-in CA; it is made when there is none.
    package static func authority(in folder: DataFolder, at now: Date) throws(StartError) -> AuthoritySuccession {
        let files = AuthorityFiles(folder: folder)
        if let succession = try files.read() { return succession }
        do {
            let succession = AuthoritySuccession(try CertificateAuthority(makingAt: now))
            try files.write(succession)
            return succession
        } catch let error as StartError {
            throw error
        } catch {
            throw StartError("the built-in CA cannot be made: \(error)")
        }
    }

    private static func load(_ path: String, key keyPath: String, isOwn: Bool) throws(StartError) -> Identity {
        do {
            let certificates = try NIOSSLCertificate.fromPEMFile(path)
            let key = try NIOSSLPrivateKey(file: keyPath, format: .pem)
            var tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: certificates.map { NIOSSLCertificateSource.certificate($0) },
                privateKey: .privateKey(key)
            )
            tls.minimumTLSVersion = .tlsv12
            // Asks, without demanding. No roots, so none are loaded (the system's cost some MiB) and none are named to
            // the client: it shows what it has.
            tls.certificateVerification = .optionalVerification
            tls.trustRoots = .certificates([])
            // How long a peer that does not answer holds a socket after we closed it.
            tls.shutdownTimeout = .seconds(1)
            guard let leaf = certificates.first else { throw StartError("no certificate") }
            return Identity(
                context: try NIOSSLContext(configuration: tls),
                certificate: try leaf.toDERBytes(),
                serial: IssuedCertificate.serial(leaf.serialNumber),
                notBefore: Timestamp(seconds: Int64(leaf.notValidBefore)),
                notAfter: Timestamp(seconds: Int64(leaf.notValidAfter)),
                file: isOwn ? path : nil
            )
        } catch {
            throw StartError(
                "TLS cannot start with \(path) and \(keyPath): \(error); "
                    + "expected a PEM certificate chain and its unencrypted PEM key"
            )
        }
    }

    /// Whether a key is its certificate's: a crash may have left the next key beside it.
    private static func isPair(_ pem: String, _ key: [UInt8]) -> Bool {
        guard let certificate = try? CertificateAuthority.certificates(pem: pem).first,
            let key = try? Certificate.PrivateKey(pemEncoded: String(decoding: key, as: UTF8.self))
        else { return false }
        return key.publicKey == certificate.publicKey
    }

    private static func prepareBuiltIn(
        in folder: DataFolder,
        _ succession: AuthoritySuccession,
        names: [String],
        isRenewal: Bool,
        at now: Date
    ) throws(StartError) {
        let authority = succession.current
        let reachable = names + ["localhost", "127.0.0.1"].filter { !names.contains($0) }
        if !isRenewal, let pem = try folder.read("tls/server.pem"), let key = try folder.read("tls/server-key.pem") {
            let text = String(decoding: pem, as: UTF8.self)
            let isGood = authority.accepts(serverCertificatePEM: text, names: reachable, at: now)
            if isGood, self.isPair(text, key) { return }
        }
        let issued: (certificatePEM: String, keyPEM: String)
        let links: String
        do {
            issued = try authority.issueServer(names: reachable, at: now)
            links = try CertificateAuthority.pem(succession.pruned(at: now).links)
        } catch {
            throw StartError("the built-in CA cannot issue a certificate for \(reachable): \(error)")
        }
        try folder.replace("tls/server-key.pem", with: issued.keyPEM.utf8)
        try folder.replace("tls/server.pem", with: "\(issued.certificatePEM)\n\(links)".utf8, mode: 0o644)
    }
}
