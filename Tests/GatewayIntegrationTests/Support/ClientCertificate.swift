import Testing

/// Certificates of clients, made with openssl as an operator would.
struct ClientCertificate: Sendable {
    /// PEM files.
    var certificate: String
    var key: String

    /// A certificate that signs itself.
    static func selfSigned(
        _ name: String,
        in folder: TemporaryFolder,
        isAuthority: Bool = false
    ) async throws -> ClientCertificate {
        let files = ClientCertificate(name, in: folder)
        try await self.openssl(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                "-subj", "/CN=\(name)", "-keyout", files.key, "-out", files.certificate,
            ] + (isAuthority ? [] : ["-addext", "basicConstraints=critical,CA:FALSE"])
        )
        return files
    }

    /// A certificate that an authority has signed.
    static func signed(
        _ name: String,
        by authority: ClientCertificate,
        in folder: TemporaryFolder
    ) async throws -> ClientCertificate {
        let files = ClientCertificate(name, in: folder)
        let request = folder.file("\(name).csr")
        try await self.openssl([
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=\(name)",
            "-keyout", files.key, "-out", request,
        ])
        try await self.openssl([
            "x509", "-req", "-in", request, "-CA", authority.certificate, "-CAkey", authority.key, "-CAcreateserial",
            "-days", "30", "-out", files.certificate,
        ])
        return files
    }

    private init(_ name: String, in folder: TemporaryFolder) {
        self.certificate = folder.file("\(name).pem")
        self.key = folder.file("\(name).key")
    }

    private static func openssl(_ arguments: [String]) async throws {
        let result = try await RunningProcess.run("openssl", arguments)
        try #require(result.status == 0, "openssl \(arguments[0]): \(result.errors)")
    }
}
