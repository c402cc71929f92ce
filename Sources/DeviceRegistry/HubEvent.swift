package import TelemetryModel

/// An event of the hub on its way into the log: a change of a twin, a made or deleted identity, the outcome of a command.
///
/// Source: contract iothub-rest section 10, "Events made by the hub".
package struct HubEvent: Equatable, Sendable {
    /// The topic of the log.
    package var topic: String
    /// `iothub-message-source`, such as `twinChangeEvents`.
    package var source: String
    /// `iothub-message-schema`, such as `twinChangeNotification`.
    package var schema: String
    /// `opType`, such as `updateTwin`.
    package var operation: String
    /// Whom it is about: the record's key. `nil` for what is about no single device.
    package var id: IdentityID?
    /// When it happened.
    package var at: Timestamp
    /// The record's value, JSON.
    package var value: [UInt8]

    /// An event.
    package init(
        topic: String,
        source: String,
        schema: String,
        operation: String,
        id: IdentityID?,
        at: Timestamp,
        value: [UInt8]
    ) {
        self.topic = topic
        self.source = source
        self.schema = schema
        self.operation = operation
        self.id = id
        self.at = at
        self.value = value
    }
}
