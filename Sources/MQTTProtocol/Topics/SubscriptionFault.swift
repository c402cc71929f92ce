package import MQTTCodec

/// Why a filter that is well formed is no subscription.
package enum SubscriptionFault: Error, Equatable, Sendable {
    /// `$share/` without a name, with a wildcard in the name, or without a filter. [MQTT-4.8.2-1] [MQTT-4.8.2-2]
    case malformedShare
    /// No Local on a shared subscription: a protocol error. [MQTT-3.8.3-4]
    case noLocalOnShare
    /// More than ``TopicLevels/countMax`` levels.
    case tooManyLevels

    /// What SUBACK says of the filter; ``noLocalOnShare`` ends the connection instead.
    package var reasonCode: ReasonCode {
        switch self {
        case .malformedShare, .tooManyLevels: .topicFilterInvalid
        case .noLocalOnShare: .protocolError
        }
    }
}
