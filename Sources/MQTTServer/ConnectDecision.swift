package import MQTTCodec
package import MQTTProtocol
package import TelemetryModel

/// The answer to a CONNECT.
package enum ConnectDecision: Equatable, Sendable {
    case accept(AcceptedConnection)
    /// CONNACK with this code, then close. The reason is one sentence for the operator, without secrets.
    ///
    /// Never `badUserNameOrPassword` or `notAuthorized` for something temporary: devices then give up for good.
    case refuse(ReasonCode, reason: String)
}

/// Who connects, and what it may do.
package struct AcceptedConnection: Equatable, Sendable {
    package var principal: Principal
    /// Whether the user name is the hub's form: one connection per identity, whose client id is the identity.
    package var isHubForm: Bool
    /// Ordinary topics; the hub's own are granted by identity alone.
    package var permissions: TopicPermissions
    /// `nil` when the principal may send as fast as it can.
    package var limits: ConnectionRates?
    /// When the credentials' life ends and the server closes; `nil` when it does not.
    package var expiresAt: Timestamp?
    /// What the lifecycle record says besides, such as authentication method and generation; handed on as it is.
    package var attributes: [String: String]
    /// Which of the principal's keys or certificates opened it, as the authenticator tells them apart; `nil` when it was none.
    package var credential: Int?
    /// Which client certificate opened it, whoever signed it, as the authenticator tells them apart; `nil` when it was none.
    package var certificate: Int?

    /// An accepted principal.
    package init(
        principal: Principal,
        isHubForm: Bool = false,
        permissions: TopicPermissions = .none,
        limits: ConnectionRates? = nil,
        expiresAt: Timestamp? = nil,
        attributes: [String: String] = [:],
        credential: Int? = nil,
        certificate: Int? = nil
    ) {
        self.principal = principal
        self.isHubForm = isHubForm
        self.permissions = permissions
        self.limits = limits
        self.expiresAt = expiresAt
        self.attributes = attributes
        self.credential = credential
        self.certificate = certificate
    }
}
