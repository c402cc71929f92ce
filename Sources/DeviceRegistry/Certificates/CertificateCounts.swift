/// Devices' certificates by state.
package struct CertificateCounts: Equatable, Sendable {
    /// Good, those whose end is near included.
    package var valid: Int
    /// Of those, the ones whose end is near and whose device has no later one.
    package var ending: Int
    package var expired: Int
    package var revoked: Int

    /// Counts of these numbers.
    package init(valid: Int = 0, ending: Int = 0, expired: Int = 0, revoked: Int = 0) {
        self.valid = valid
        self.ending = ending
        self.expired = expired
        self.revoked = revoked
    }
}
