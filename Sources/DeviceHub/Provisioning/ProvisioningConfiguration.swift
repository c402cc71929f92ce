/// What can be set of the provisioning service.
package struct ProvisioningConfiguration: Sendable {
    /// The id scope that devices name, compared without case.
    package var idScope: String
    /// The names that the gateway answers to; devices are assigned to the first, and it is in the server's certificate.
    package var hubNames: [String]

    /// A service of this scope; at least one name.
    package init(idScope: String, hubNames: [String]) {
        precondition(!hubNames.isEmpty, "devices need a hub's name to be assigned to")
        self.idScope = idScope
        self.hubNames = hubNames
    }
}
