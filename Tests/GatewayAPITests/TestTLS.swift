import NIOCore
import NIOSSL
import TLSTransport

/// A self-signed certificate for `localhost` that protects nothing: the server's, and one a client can show.
enum TestTLS {
    /// The server's end.
    static func server() throws -> TLSContextSource {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(TestTLS.certificate.utf8)).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(TestTLS.key.utf8), format: .pem))
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.shutdownTimeout = .milliseconds(200)
        configuration.certificateVerification = .optionalVerification
        return TLSContextSource(try NIOSSLContext(configuration: configuration))
    }

    /// A client's end, with or without a certificate of its own.
    static func client(showingCertificate: Bool = false) throws -> NIOSSLContext {
        let certificates = try NIOSSLCertificate.fromPEMBytes(Array(TestTLS.certificate.utf8))
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(certificates)
        if showingCertificate {
            configuration.certificateChain = certificates.map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: Array(TestTLS.key.utf8), format: .pem)
            )
        }
        return try NIOSSLContext(configuration: configuration)
    }

    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBlTCCATugAwIBAgIUUBo8VaY2Rt/fzMEVhoxQo+K9erQwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA3NTYwN1oYDzIxMjYxMDI4
        MDc1NjA3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAASC+JO1tp+dgoPVMmfyBdV8bhZjKOMDqN4F/fwitlPrbBH1yHvW3Q+j
        qsk2XzfYrcvT2sZgChwAPO4VttnIGvBUo2kwZzAdBgNVHQ4EFgQUg9n2lyHfp2IK
        Te2S3QuZtgNkUycwHwYDVR0jBBgwFoAUg9n2lyHfp2IKTe2S3QuZtgNkUycwDwYD
        VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
        SAAwRQIgHIEFXBZiqmTn08vvAEXlFyy23K1XdanMkCiQP29l7VsCIQD9PPyvtRQ6
        hD76ODiaQxqEL3tEjljeCH/wAeepuxAFXQ==
        -----END CERTIFICATE-----
        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPq0IIRlsur5p9nt/
        n5OZMaAsIVJ0L1bSNVXmWGjSPk6hRANCAASC+JO1tp+dgoPVMmfyBdV8bhZjKOMD
        qN4F/fwitlPrbBH1yHvW3Q+jqsk2XzfYrcvT2sZgChwAPO4VttnIGvBU
        -----END PRIVATE KEY-----
        """
}
