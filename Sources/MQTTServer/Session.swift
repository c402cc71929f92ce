import EventLog
import HubProtocol
import NIOCore

/// What an accepted connection has: its identity's topics, its records' template, its subscriptions, its Will.
///
/// A class, so that a message costs one reference and not a copy of all this; it stays on its event loop.
final class Session {
    let event: ConnectionEvent
    let topics: HubTopics
    let template: RecordTemplate
    /// In the order they were granted; at most as many as the hub has filters for the identity.
    var subscriptions: [String]
    /// Published when the connection ends without DISCONNECT. [MQTT-3.1.2-8]
    var will: Telemetry?
    /// What the last topic led to: most connections publish to one topic only.
    var lastTopic: TelemetryTopic?

    init(event: ConnectionEvent, topics: HubTopics, template: RecordTemplate, subscriptions: [String], will: Telemetry?)
    {
        self.event = event
        self.topics = topics
        self.template = template
        self.subscriptions = subscriptions
        self.will = will
    }
}

/// A Will, ready for the log.
struct Telemetry {
    var value: ByteBuffer
    var properties: EncodedHeaders
}
