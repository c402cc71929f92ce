import EventLog
import HubProtocol
import MQTTCodec
import MQTTProtocol
import NIOCore
import TelemetryModel

/// What an accepted connection has: its rights, its records' template, its place at the broker.
///
/// A class, so that it costs one reference and not a copy of all this; it stays on its event loop. Telemetry to the same topic
/// as before does not look into it.
final class Session {
    let event: ConnectionEvent
    /// Whether the hub's rules hold: a topic that is not granted closes the connection. Contract iothub-mqtt section 4.
    let isHubForm: Bool
    /// The hub's topics of a device or module.
    let topics: HubTopics?
    /// Of its telemetry records.
    let template: RecordTemplate?
    let permissions: TopicPermissions
    let attachment: Attachment
    /// What the client said of itself in MQTT 5.
    let peer: PeerLimits
    /// What the last ordinary topics led to, the newest first.
    var routes: [PublishRoute] = []
    /// The numbers its telemetry is judged by, once it has sent some.
    var numbered: NumberedDevice?
    var inboundAliases: InboundAliases
    var outboundAliases: OutboundAliases
    var limiter: RateLimiters.Limiter?
    /// The hub's way to this connection, while it is open.
    var link: HubLink?
    /// The request to the hub that is being answered: nothing is read meanwhile.
    var awaited: AwaitedAnswer?
    /// The provisioning service's way to this connection, while it is open.
    var registrationLink: RegistrationLink?
    /// What of the hub's topics it is subscribed to.
    var hubSubscriptions: HubSubscriptions = []

    static let routesMax = 8

    init(
        event: ConnectionEvent,
        isHubForm: Bool,
        topics: HubTopics?,
        template: RecordTemplate?,
        permissions: TopicPermissions,
        attachment: Attachment,
        peer: PeerLimits,
        topicAliasMax: UInt16
    ) {
        self.event = event
        self.isHubForm = isHubForm
        self.topics = topics
        self.template = template
        self.permissions = permissions
        self.attachment = attachment
        self.peer = peer
        self.inboundAliases = InboundAliases(aliasMax: event.version == .v5 ? topicAliasMax : 0)
        self.outboundAliases = OutboundAliases(clientMax: peer.topicAliasMax)
    }

    /// Whether the connection is one to the provisioning service.
    var isRegistration: Bool { self.event.principal.isRegistration }

    /// Whether the filter is one of the hub's for the client: QoS 1 at most. Contract iothub-mqtt section 4.
    func isHubFilter(_ filter: String) -> Bool { !self.hubSubscription(filter).isEmpty }

    /// What of the hub's messages the client gets by a filter.
    func hubSubscription(_ filter: String) -> HubSubscriptions {
        if self.isRegistration { return filter == HubTopics.registrationFilter ? .provisioning : [] }
        return self.topics?.subscription(filter) ?? []
    }
}

extension Principal {
    /// Whether it is somebody who registers with the provisioning service.
    var isRegistration: Bool {
        switch self {
        case .registration: true
        case .identity, .application: false
        }
    }
}
