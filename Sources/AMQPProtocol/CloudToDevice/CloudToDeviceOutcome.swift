/// What became of a cloud-to-device message, told to its sender as AMQP's delivery state.
package enum CloudToDeviceOutcome: Equatable, Sendable {
    /// Stored, and as safe as it gets: *accepted*.
    case accepted
    /// There is no such device: *rejected* with `amqp:not-found`.
    case notFound
    /// The device's queue is full: *rejected* with `amqp:resource-limit-exceeded`.
    case queueFull
    /// Something is wrong with the message: *rejected* with `amqp:invalid-field` and this sentence.
    case refused(String)
    /// It cannot be stored at the moment: *released*, the sender may try again.
    case unavailable

    var state: AMQPDeliveryState {
        switch self {
        case .accepted: .accepted
        case .notFound: .rejected(AMQPError(.notFound, "there is no such device; create it first"))
        case .queueFull:
            .rejected(
                AMQPError(
                    .resourceLimitExceeded,
                    "the device's queue is full; wait until the device has taken messages, or purge the queue"
                )
            )
        case .refused(let reason): .rejected(AMQPError(.invalidField, reason))
        case .unavailable: .released
        }
    }
}
