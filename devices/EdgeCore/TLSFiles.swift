/// The files that say whom a TLS connection trusts and who it is.
package struct TLSFiles: Equatable, Sendable {
    /// PEM file of the authorities to trust; `nil` for those of the operating system.
    package var caFile: String?
    /// PEM file of the device's certificate and what leads from it to its authority; with ``keyFile`` or not at all.
    package var certificateFile: String?
    /// PEM file of its private key, without a pass phrase.
    package var keyFile: String?

    package init(caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }

    /// Whether the device can prove itself by a certificate.
    package var hasCertificate: Bool { self.certificateFile != nil && self.keyFile != nil }
}
