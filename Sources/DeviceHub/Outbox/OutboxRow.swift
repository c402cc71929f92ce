internal import DeviceRegistry
internal import EventLog
internal import TelemetryModel

/// An event of the outbox on its way into the log.
struct OutboxRow: Sendable {
    /// The header that says which event a record is: what was appended before a crash is recognised by it.
    static let numberHeader = "weir-outbox"

    /// Grows with each event and is never used again.
    var number: Int64
    var event: HubEvent

    /// The record's key: empty when the event is about no single device. Never without one, so that the partition is known.
    var key: [UInt8] { Array((self.event.id?.description ?? "").utf8) }

    /// The record.
    ///
    /// Source: contract iothub-rest section 10, "Events made by the hub".
    func record(hubName: String) -> NewRecord {
        var headers = [
            ("content-type", "application/json"), ("content-encoding", "utf-8"),
            ("correlation-id", "weir-\(self.number)"), ("user-id", hubName),
            ("iothub-message-source", self.event.source), ("iothub-message-schema", self.event.schema),
            ("opType", self.event.operation), ("operationTimestamp", "\(self.event.at)"), ("hubName", hubName),
        ]
        if let id = self.event.id {
            headers.append(("deviceId", id.device))
            if let module = id.module { headers.append(("moduleId", module)) }
        }
        headers.append((OutboxRow.numberHeader, "\(self.number)"))
        return NewRecord(
            key: self.key,
            value: self.event.value,
            headers: headers.map { RecordHeader(name: $0.0, value: Array($0.1.utf8)) }
        )
    }
}
