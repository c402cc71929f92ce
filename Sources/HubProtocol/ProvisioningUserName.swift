/// The user name of a CONNECT to the provisioning service: `0ne00000001/registrations/sensor-7/api-version=2019-03-31&…`.
///
/// Forms: `/api-version=`, `/?api-version=` and `?api-version=` behind the id, or nothing. Source: contract provisioning
/// section 1.
package struct ProvisioningUserName: Equatable, Sendable {
    /// The id scope as the client wrote it; compare without case.
    package let idScope: String
    /// Who registers.
    package let registrationID: RegistrationID

    /// Reads a user name.
    ///
    /// - Parameter text: the MQTT user name.
    /// - Throws: `HubSyntaxError`.
    package init(parsing text: String) throws(HubSyntaxError) {
        // None of the parts may hold a `?`.
        let path = text.prefix { $0 != "?" }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1] == ProvisioningUserName.marker, !parts[0].isEmpty,
            parts.count == 3 || parts.count == 4 && (parts[3].isEmpty || parts[3].hasPrefix("api-version="))
        else {
            throw HubSyntaxError("the user name must be scope/registrations/id/api-version=…")
        }
        guard let registrationID = RegistrationID(parts[2]) else {
            throw HubSyntaxError("the user name holds an id that no registration may have")
        }
        self.idScope = String(parts[0])
        self.registrationID = registrationID
    }

    /// Whether a user name is meant for the provisioning service: its second part is `registrations`, and its first is not
    /// one of the hub's names, for which that is a device with a module.
    package static func isProvisioningForm(_ text: String, isHub: (Substring) -> Bool) -> Bool {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 && parts[1] == ProvisioningUserName.marker && !isHub(parts[0])
    }

    private static let marker = "registrations"
}
