/// One header of an ingested record.
package struct IngestProperty: Equatable, Sendable {
    package var name: String
    package var value: String

    /// A header.
    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

extension IngestProperty {
    /// The topic the message was published to.
    package static let topicName = "mqtt-topic"
    /// The rule that made the record.
    package static let ruleName = "ingest-rule"
    /// `arrival` when the gateway's time stands in for one that the message gives and that cannot be.
    package static let timeName = "ingest-time"
}
