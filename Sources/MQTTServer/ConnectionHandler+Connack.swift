import CoreMetrics
import MQTTCodec
import MQTTProtocol
import NIOCore
import Synchronization

extension ConnectionHandler {
    /// What the server grants, and what it changed of the client's wishes. Spec: MQTT 5.0 §3.2.2.3.
    func connackProperties(
        _ session: Session,
        _ connect: ConnectPacket,
        assignedClientID: String?
    ) -> ConnackProperties {
        let configuration = self.endpoint.configuration
        var properties = ConnackProperties()
        let granted = session.attachment.grantedExpirySeconds
        if granted != PeerLimits(connect).sessionExpirySeconds { properties.sessionExpirySeconds = granted }
        if configuration.receiveMaximum != .max { properties.receiveMaximum = configuration.receiveMaximum }
        properties.packetSizeMax = UInt32(configuration.packetSizeMax)  // [MQTT-3.2.2-15]
        if configuration.topicAliasMax > 0 { properties.topicAliasMax = configuration.topicAliasMax }
        properties.assignedClientID = assignedClientID  // [MQTT-3.2.2-16]
        properties.serverKeepAliveSeconds = self.lifecycle.serverKeepAliveSeconds  // [MQTT-3.2.2-21]
        if connect.properties?.requestsResponseInformation == true {
            properties.responseInformation = configuration.responseInformation  // [MQTT-3.1.2-28]
        }
        return properties
    }

    /// A name for a client that gave none: 96 random bits, so nobody meets another's session. [MQTT-3.2.2-16]
    static func makeClientID() -> String {
        var generator = SystemRandomNumberGenerator()
        let high = String(generator.next() as UInt64, radix: 36)
        let low = String(generator.next() as UInt32, radix: 36)
        return "weir-\(high)\(low)"
    }

    /// A CONNECT that is refused whoever sends it, in the form that its version can read. [MQTT-3.1.2-2]
    func refuse(_ connect: ConnectPacket, _ code: ReasonCode) {
        self.version = connect.version ?? (connect.protocolLevel < MQTTVersion.v311.rawValue ? .v311 : .v5)
        let reason =
            switch code {
            case .unsupportedProtocolVersion:
                "protocol level \(connect.protocolLevel) is not served, 4 (MQTT 3.1.1) and 5 (MQTT 5.0) are"
            case .clientIDNotValid: "the client id is empty"
            case .badAuthenticationMethod: "enhanced authentication is not offered"
            default: "\(code)"
            }
        self.refuse(code, reason: reason)
    }

    /// A refusal by the authenticator: whoever guesses waits for each answer.
    func refuseSlowly(_ code: ReasonCode, reason: String) {
        guard code == .badUserNameOrPassword || code == .notAuthorized || code == .banned else {
            return self.refuse(code, reason: reason)
        }
        let source = ConnectRequest.host(of: self.remoteAddress)
        let now = self.loop.uptime
        let wait = self.endpoint.refusals.withLock { $0.failed(source, at: now) }
        guard wait > .zero else { return self.refuse(code, reason: reason) }
        self.timer?.cancel()
        self.timer = self.loop.eventLoop.scheduleTask(in: TimeAmount(wait)) { self.refuse(code, reason: reason) }
    }

    /// CONNACK with another reason than success, then close. [MQTT-3.2.2-7]
    func refuse(_ code: ReasonCode, reason: String) {
        guard self.closeReason == nil else { return }
        self.send(
            .connack(ConnackPacket(sessionPresent: false, reason: code, properties: self.explanation(code, reason)))
        )  // [MQTT-3.2.2-6]
        self.endpoint.metrics.refused(ConnectReturnCode(code))
        self.endpoint.observer.refused(
            ConnectionRefusal(
                clientID: self.connect?.clientID ?? "",
                remoteAddress: self.remoteAddress,
                isTLS: self.isTLS,
                transport: self.transport,
                code: code,
                reason: reason
            )
        )
        self.close(.refused)
    }

    /// The reason for a client that wants it, but never what is wrong with credentials: ids must not be probed.
    private func explanation(_ code: ReasonCode, _ reason: String) -> ConnackProperties? {
        guard self.version == .v5, let connect, PeerLimits(connect).wantsProblemInformation,
            code != .notAuthorized, code != .badUserNameOrPassword, code != .banned
        else { return nil }
        return ConnackProperties(reasonString: reason)  // [MQTT-3.2.2-19]
    }
}
