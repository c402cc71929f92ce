package import TelemetryJSON
package import TelemetryModel

/// What became of cloud-to-device messages whose senders want to know: up to 64 records, locked for one reader.
///
/// Source: contract iothub-rest section 6.
package struct FeedbackBatch: Equatable, Sendable {
    /// What completes or abandons it.
    package var lock: String
    package var enqueuedAt: Timestamp
    /// The records.
    package var body: [JSONObject]

    /// A batch.
    package init(lock: String, enqueuedAt: Timestamp, body: [JSONObject]) {
        self.lock = lock
        self.enqueuedAt = enqueuedAt
        self.body = body
    }
}
