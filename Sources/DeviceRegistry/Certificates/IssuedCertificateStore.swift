package import TelemetryModel

/// The certificates that the built-in CA gave out. Calls block on the database; every change is durable when its call returns
/// and an event of the topic `lifecycle` in the outbox.
package protocol IssuedCertificateStore: Sendable {
    /// Remembers a certificate before anybody gets it.
    func add(_ certificate: IssuedCertificate) throws(RegistryError)
    /// The certificates meant, in the order in which they were issued, after `number`, at most `limit`.
    func certificates(
        _ selection: CertificateSelection,
        after number: Int64,
        limit: Int
    ) throws(RegistryError) -> [IssuedCertificate]
    /// The revocation of a certificate; `nil` when it is not revoked, or none of ours. O(log n).
    func revocation(serial: String) throws(RegistryError) -> IssuedCertificate.Revocation?
    /// Revokes the certificates meant that are neither revoked nor expired.
    ///
    /// - Returns: Those.
    func revoke(
        _ selection: CertificateSelection,
        _ revocation: IssuedCertificate.Revocation
    ) throws(RegistryError) -> [IssuedCertificate]
    /// How many there are. O(n).
    func certificateCounts(at now: Timestamp) throws(RegistryError) -> CertificateCounts
}
