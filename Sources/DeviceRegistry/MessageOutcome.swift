import HubProtocol

/// How a cloud-to-device message leaves its queue; the raw values are the feedback's `statusCode`.
///
/// Source: contract iothub-rest section 6, "Life of a message".
package enum MessageOutcome: String, CaseIterable, Sendable {
    /// The device took it.
    case completed = "Success"
    /// Nobody took it in time.
    case expired = "Expired"
    /// The device gave it back ``MessageLimits/deliveriesMax`` times.
    case deliveryCountExceeded = "DeliveryCountExceeded"
    /// The device does not want it.
    case rejected = "Rejected"
    /// The operator emptied the queue, or the device was deleted.
    case purged = "Purged"

    /// Whether a sender who asked for this wants to hear of it.
    package func isWanted(by acknowledgement: StoredMessage.Acknowledgement) -> Bool {
        switch acknowledgement {
        case .none: false
        case .positive: self == .completed
        case .negative: self != .completed
        case .full: true
        }
    }
}
