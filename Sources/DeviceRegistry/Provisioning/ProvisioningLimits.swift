/// Bounds of the provisioning service.
package enum ProvisioningLimits {
    /// Groups. A token does not say whose it is, so each CONNECT of a device without an individual enrollment tries the keys
    /// of all groups: two HMACs each, a few microseconds.
    package static let groupsMax = 1_000
    /// Entries of one page.
    package static let pageMax = 1_000
}
