package import TelemetryModel

/// A batch of feedback that one reader has, until it completes or abandons it or its time is over.
package struct StoredFeedback: Equatable, Sendable {
    /// What the reader names it by.
    package var lock: String
    /// In the order of the outcomes; at least one.
    package var records: [FeedbackRecord]

    /// When the last of the records came.
    package var enqueuedAt: Timestamp {
        self.records.last?.at ?? Timestamp(milliseconds: 0)
    }
}
