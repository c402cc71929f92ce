import DeviceRegistry
import MQTTProtocol
import MQTTServer
import TelemetryModel

/// Who a CONNECT turned out to be, and what it may do.
struct AuthenticatedClient {
    /// How it proved itself: `authType` of the lifecycle record.
    enum Proof: String {
        case token = "sas"
        case certificate = "x509"
        case password
        case none
    }

    var principal: Principal
    /// Changes when the identity is deleted and made again.
    var generationID: String
    /// Topics and limits; the password hash of it is not needed any more.
    var access: IdentityAccess
    var proof: Proof
    /// Whether a policy's token opened it, not its own.
    var isPolicy = false
    /// Whether the user name has the hub's form: the hub's rules hold.
    var isHubForm: Bool
    /// Mark of its own key or certificate that opened it; see `DeviceIdentity.credentialMark(of:)`.
    var credential: Int?
    /// Mark of the client certificate that opened it; see ``ClientCertificate/mark(ofSerial:)``.
    var certificate: Int?
    /// When the token ends.
    var expiresAt: Timestamp?
    /// Of the device model, as the user name has it in `model-id`; `nil` when it has none.
    var modelID: String?
    /// Of a device that registers: what it has proven.
    var registration: ProvisioningProof?

    /// `hub`, `device`, `module` or `application`. Source: contract iothub-mqtt section 4, stamped properties.
    private var scope: String {
        if self.isPolicy { return "hub" }
        if self.registration != nil { return "registration" }
        guard let identity = self.principal.identity else { return "application" }
        return identity.module == nil ? "device" : "module"
    }

    /// What the lifecycle record says of the connection.
    var attributes: [String: String] {
        var attributes = ["authScope": self.scope, "authType": self.proof.rawValue]
        if let registration = self.registration {
            attributes.merge(RegistrationAttributes.make(registration)) { own, _ in own }
        } else {
            attributes["generationId"] = self.generationID
            attributes[HubLink.modelAttribute] = self.modelID
        }
        return attributes
    }

    /// The topics beyond the hub's, for one connection.
    func permissions(clientID: String?) -> TopicPermissions {
        TopicPermissions(
            publish: self.access.topics.publish,
            subscribe: self.access.topics.subscribe,
            device: self.principal.identity?.device,
            module: self.principal.identity?.module,
            clientID: clientID
        )
    }
}
