package import TelemetryJSON
package import TelemetryModel

/// What became of one message, for its sender.
///
/// Source: contract iothub-rest section 6, "Life of a message".
package struct FeedbackRecord: Equatable, Sendable {
    /// The message's id; `nil` when it had none.
    package var originalMessageID: String?
    /// When the outcome was known.
    package var at: Timestamp
    /// What became of it.
    package var outcome: MessageOutcome
    /// Whose message it was.
    package var device: IdentityID
    /// The device's generation when the outcome was known.
    package var generationID: String

    /// The record as it stands in a batch's body.
    package var json: JSONObject {
        [
            "originalMessageId": self.originalMessageID.map { .string($0) } ?? .null,
            "enqueuedTimeUtc": .string(self.at.description),
            "statusCode": .string(self.outcome.rawValue),
            "description": .string(self.outcome.rawValue),
            "deviceId": .string(self.device.device),
            "deviceGenerationId": .string(self.generationID),
        ]
    }
}
