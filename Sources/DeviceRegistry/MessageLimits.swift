/// What a queue of cloud-to-device messages may hold.
///
/// Source: contract iothub-mqtt section 13.
package enum MessageLimits {
    /// Messages of one device.
    package static let queueMax = 50
    /// How often a message is given back before it is dead.
    package static let deliveriesMax = 10
    /// Records in one batch of feedback.
    package static let feedbackRecordsMax = 64
    /// How long records of feedback are gathered into a batch.
    package static let feedbackGathering = Duration.seconds(15)
    /// How long a batch of feedback is kept from other readers.
    package static let feedbackLock = Duration.seconds(60)
    /// How long feedback waits for a reader: two days, the longest that IoT Hub can be told.
    package static let feedbackLife = Duration.seconds(48 * 3_600)
    /// Records of feedback that wait for a reader; then the oldest go.
    package static let feedbackMax = 100_000
}
