import COpenSSL
import EdgeCore
import Glibc
import TelemetryModel

/// OpenSSL's context for connections to one host: whom to trust, who we are, and as of when certificates are checked.
///
/// Invariants:
/// - Chain, signatures, host name and validity are always checked; there is no way to switch that off. A clock that is
///   not trusted changes the instant of the check (``VerificationTime``), nothing else.
/// - It outlives every connection made from it, and is used by one thread at a time.
/// - It is made once and kept: libmosquitto 2.0.11 forgets to give back a context when no TCP connection comes about.
final class TLSContext {
    struct Fault: Error, Equatable {
        var message: String
    }

    /// What identifies a file's content as long as nobody cheats.
    private struct Stamp: Equatable {
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    let context: OpaquePointer
    let host: String
    let files: TLSFiles
    private let stamps: [Stamp?]

    /// As of when the next connection's certificates are checked.
    var time: VerificationTime
    /// What was wrong with the last certificate that was refused, in words.
    private(set) var refusal: String?
    /// When the last chain that was accepted ends to be valid.
    private(set) var validUntil: Timestamp?

    /// - Parameters:
    ///   - host: What the certificate has to be for: a DNS name or an IP address.
    ///   - files: Authorities, certificate and key.
    ///   - time: As of when certificates are checked.
    /// - Throws: Which file cannot be used, and why.
    init(host: String, files: TLSFiles, time: VerificationTime) throws(Fault) {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw Fault(message: "OpenSSL has no memory") }
        self.context = context
        self.host = host
        self.files = files
        self.stamps = Self.stamps(of: files)
        self.time = time
        // From here on `deinit` frees the context.
        guard weir_ssl_require_tls12(context) == 1 else { throw Fault(message: "OpenSSL has no TLS 1.2") }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        try self.setHost()
        try self.loadAuthorities()
        try self.loadCertificate()
        SSL_CTX_set_cert_verify_callback(
            context,
            { store, argument in
                guard let store, let argument else { return 0 }
                return Unmanaged<TLSContext>.fromOpaque(argument).takeUnretainedValue().verify(store) ? 1 : 0
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    deinit {
        // Connections that libmosquitto still holds the context for must not call what is gone.
        SSL_CTX_set_cert_verify_callback(self.context, { _, _ in 0 }, nil)
        SSL_CTX_free(self.context)
    }

    /// Whether a file has been replaced since: then the context has to be made anew.
    var isOutdated: Bool { Self.stamps(of: self.files) != self.stamps }

    /// Before a connection: forgets what was said about the one before.
    func prepare(at time: VerificationTime) {
        self.time = time
        self.refusal = nil
        ERR_clear_error()
    }

    /// The peer's chain. Called by OpenSSL in the middle of the handshake.
    private func verify(_ store: OpaquePointer) -> Bool {
        let newest = weir_x509_newest_not_before(store)
        let notBefore = newest == .min ? nil : Timestamp(seconds: newest)
        let instant = self.time.instant(newestNotBefore: notBefore)
        X509_STORE_CTX_set_time(store, 0, time_t(instant.milliseconds / 1_000))
        guard X509_verify_cert(store) == 1 else {
            let code = X509_STORE_CTX_get_error(store)
            let reason = X509_verify_cert_error_string(Int(code)).map { String(cString: $0) } ?? "error \(code)"
            self.refusal = "the certificate is refused: \(reason)\(self.hint(for: code, at: instant))"
            return false
        }
        self.validUntil = Timestamp(seconds: weir_x509_oldest_not_after(store))
        return true
    }

    private func hint(for code: Int32, at instant: Timestamp) -> String {
        switch code {
        case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID:
            switch self.time {
            case .known: ", as of \(instant)"
            case .atLeast: ", as of \(instant), the least that the time can be (it is not known)"
            }
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            "; it is not for '\(self.host)'"
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            "; \(self.files.caFile.map { "tls.caFile \($0)" } ?? "the operating system") does not vouch for it"
        default: ""
        }
    }

    private func setHost() throws(Fault) {
        let parameters = SSL_CTX_get0_param(self.context)
        X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        // An address is looked for among the certificate's addresses, a name among its names.
        if X509_VERIFY_PARAM_set1_ip_asc(parameters, self.host) == 1 { return }
        ERR_clear_error()
        guard X509_VERIFY_PARAM_set1_host(parameters, self.host, 0) == 1 else {
            throw Fault(message: "'\(self.host)' is no host that a certificate can be for")
        }
    }

    private func loadAuthorities() throws(Fault) {
        guard let file = self.files.caFile else {
            guard SSL_CTX_set_default_verify_paths(self.context) == 1 else {
                throw Fault(message: "the operating system's authorities cannot be read")
            }
            return
        }
        guard SSL_CTX_load_verify_locations(self.context, file, nil) == 1 else {
            throw Fault(message: "cannot read tls.caFile \(file): \(Self.reason(file))")
        }
    }

    private func loadCertificate() throws(Fault) {
        guard let certificate = self.files.certificateFile, let key = self.files.keyFile else { return }
        guard SSL_CTX_use_certificate_chain_file(self.context, certificate) == 1 else {
            throw Fault(message: "cannot read tls.certificateFile \(certificate): \(Self.reason(certificate))")
        }
        // Without this OpenSSL would ask for a pass phrase on the terminal.
        SSL_CTX_set_default_passwd_cb(self.context) { _, _, _, _ in 0 }
        guard SSL_CTX_use_PrivateKey_file(self.context, key, SSL_FILETYPE_PEM) == 1 else {
            throw Fault(message: "cannot read tls.keyFile \(key): \(Self.reason(key))")
        }
        guard SSL_CTX_check_private_key(self.context) == 1 else {
            throw Fault(message: "tls.keyFile \(key) does not belong to the certificate in \(certificate)")
        }
    }

    /// Why a file was not taken: the system's reason if it cannot be opened, else OpenSSL's.
    private static func reason(_ file: String) -> String {
        guard access(file, R_OK) == 0 else { return LinuxError.text(errno) }
        return Self.lastError ?? "it is no PEM file of the right kind"
    }

    /// OpenSSL's oldest complaint of this thread, which names the cause; clears all of them.
    static var lastError: String? {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0 else { return nil }
        return ERR_reason_error_string(code).map { String(cString: $0) }
    }

    private static func stamps(of files: TLSFiles) -> [Stamp?] {
        [files.caFile, files.certificateFile, files.keyFile].map { file in
            var status = stat()
            guard let file, stat(file, &status) == 0 else { return nil }
            return Stamp(
                inode: UInt64(status.st_ino),
                size: Int64(status.st_size),
                seconds: status.st_mtim.tv_sec,
                nanoseconds: status.st_mtim.tv_nsec
            )
        }
    }
}
