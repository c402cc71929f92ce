import ArgumentParser
import GatewayClient
import TelemetryJSON

/// What `weir ca issue` and `weir ca renew` have in common: a certificate that becomes files.
struct CertificateIssue: ParsableArguments {
    /// Bytes of a certificate request that is read.
    private static let requestBytesMax = 64 << 10

    @Option(help: ArgumentHelp("The folder for the files; made when missing.", valueName: "dir"))
    var out: String?

    @Option(help: ArgumentHelp("Days until the certificate ends, 1 to 3650.", valueName: "n"))
    var days = 365

    @Option(
        help: ArgumentHelp(
            "A certificate request (PKCS #10, PEM) of the device's own key; then no key is made here.",
            valueName: "file"
        )
    )
    var csr: String?

    func validate() throws {
        guard (1...3_650).contains(self.days) else {
            throw ValidationError("--days is \(self.days) but must be 1 to 3650")
        }
    }

    /// Issues a certificate and writes the files.
    ///
    /// - Parameters:
    ///   - id: the device, or device/module.
    ///   - replaces: whether files that are there give way.
    ///   - client: the gateway.
    /// - Returns: the certificate's document, and the files.
    /// - Throws: when the gateway refuses, or a file cannot be written.
    func issue(
        to id: String,
        replaces: Bool,
        _ client: GatewayClient
    ) async throws -> (document: JSONObject, files: CredentialFiles) {
        let files = CredentialFiles(of: id, in: self.out ?? ".")
        try files.prepare(replaces: replaces)
        let key = self.csr == nil ? DeviceKey() : nil
        let request = try key?.request(for: id) ?? self.givenRequest()
        let document = try await client.issueCertificate(for: id, request: request, days: self.days)
        do {
            try files.write(
                certificate: AuthorityText.text(document, "certificate"),
                key: try key?.pem,
                trust: self.hasTrust(document) ? AuthorityText.text(document, "trust") : nil
            )
        } catch let failure as CommandFailure {
            let serial = AuthorityText.text(document, "serial")
            throw CommandFailure("\(failure); the certificate was issued: weir ca revoke --serial \(serial)")
        }
        return (document, files)
    }

    /// Tells what was issued: a table for people, one line of JSON for programs.
    func report(_ document: JSONObject, _ files: CredentialFiles, isJSON: Bool) throws {
        let console = Console.current
        if isJSON {
            var line = document
            line["certificate"] = nil
            line["trust"] = nil
            line.set("certificateFile", to: .string(files.certificate))
            if self.csr == nil { line.set("keyFile", to: .string(files.key)) }
            if self.hasTrust(document) { line.set("trustFile", to: .string(files.trust)) }
            return try console.print(line.description)
        }
        var lines = [
            ("device", console.colored(AuthorityText.subject(document), .name)),
            ("serial", AuthorityText.text(document, "serial")),
            ("thumbprint", AuthorityText.text(document, "thumbprint")),
            ("ends", AuthorityText.text(document, "notAfter")), ("certificate", files.certificate),
        ]
        if self.csr == nil { lines.append(("key", files.key)) }
        if self.hasTrust(document) { lines.append(("trust", files.trust)) }
        for line in AccessText.aligned(lines, for: console) { try console.print(line) }
    }

    /// Whether the gateway's own CA signed its server certificate.
    private func hasTrust(_ document: JSONObject) -> Bool {
        !AuthorityText.text(document, "trust").isEmpty
    }

    private func givenRequest() throws -> String {
        let path = self.csr ?? "-"
        let file = try InputFile(path: path)
        let bytes = try file.read(CertificateIssue.requestBytesMax + 1)
        guard bytes.count <= CertificateIssue.requestBytesMax else {
            throw CommandFailure("\(path) has more than \(CertificateIssue.requestBytesMax) bytes")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
