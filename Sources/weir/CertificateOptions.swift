import ArgumentParser
import HubProtocol

/// A certificate, by its thumbprint or as a file.
struct CertificateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The certificate's SHA-256 (64 hex digits) or SHA-1 (40) thumbprint.", valueName: "hex")
    )
    var thumbprint: String?

    @Option(help: ArgumentHelp("The certificate, PEM or DER; its thumbprint is computed.", valueName: "file"))
    var certificate: String?

    func validate() throws {
        if self.thumbprint != nil, self.certificate != nil {
            throw ValidationError("--thumbprint and --certificate exclude each other")
        }
    }

    /// Whether one is named.
    var isGiven: Bool { self.thumbprint != nil || self.certificate != nil }

    /// The thumbprint; `nil` when no certificate is named.
    func value() throws(CommandFailure) -> String? {
        guard let certificate = self.certificate else { return self.thumbprint }
        var bytes = [UInt8]()
        var reader = try LineReader(path: certificate)
        while let line = try reader.next() {
            bytes += line
            bytes.append(UInt8(ascii: "\n"))
        }
        // The last line of DER has no line feed.
        if let file = CertificateFile(Array(bytes.dropLast())) ?? CertificateFile(bytes) { return file.thumbprint }
        throw CommandFailure("\(certificate) holds no certificate; expected PEM or DER")
    }
}
