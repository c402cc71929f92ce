/// What a device is called towards the provisioning service, before it is a device of any hub.
///
/// Source: contract provisioning sections 1 and 3.
package struct RegistrationNames: Equatable, Sendable {
    private static let apiVersion = "2019-03-31"

    package let clientID: String
    package let userName: String
    /// What a token has to cover, not yet percent-encoded.
    package let resource: String

    package init(idScope: String, id: RegistrationID) {
        let version = PercentEncoding.encode("weir-agent/\(AgentVersion.text)")
        self.clientID = id.description
        self.resource = "\(idScope)/registrations/\(id)"
        self.userName = "\(self.resource)/api-version=\(Self.apiVersion)&ClientVersion=\(version)"
    }
}
