import NIOCore
package import NIOSSL
package import TLSTransport

/// A self-signed certificate for `localhost` that protects nothing, and the two ends of a TLS connection with it.
package enum TestTLS {
    /// The server's end; it may ask for a certificate.
    package static func server(asksForCertificate: Bool = false) throws -> TLSContextSource {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(TestTLS.certificate.utf8)).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(TestTLS.key.utf8), format: .pem))
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.shutdownTimeout = .milliseconds(200)
        if asksForCertificate { configuration.certificateVerification = .optionalVerification }
        return TLSContextSource(try NIOSSLContext(configuration: configuration))
    }

    /// A client's end that offers one version only.
    package static func client(_ version: TLSVersion) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = version
        configuration.maximumTLSVersion = version
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(TestTLS.certificate.utf8)))
        return try NIOSSLContext(configuration: configuration)
    }

    package static let certificate = """
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

    package static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPq0IIRlsur5p9nt/
        n5OZMaAsIVJ0L1bSNVXmWGjSPk6hRANCAASC+JO1tp+dgoPVMmfyBdV8bhZjKOMD
        qN4F/fwitlPrbBH1yHvW3Q+jqsk2XzfYrcvT2sZgChwAPO4VttnIGvBU
        -----END PRIVATE KEY-----
        """
}
