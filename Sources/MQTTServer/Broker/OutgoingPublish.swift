import MQTTCodec
import NIOCore
import TelemetryModel

/// A PUBLISH to write to one subscriber.
struct OutgoingPublish {
    let message: BrokerMessage
    /// The lower of the message's and the subscription's. [MQTT-3.8.4-8]
    var qos: QoS
    /// The RETAIN flag to write. [MQTT-3.3.1-8] [MQTT-3.3.1-9] [MQTT-3.3.1-12] [MQTT-3.3.1-13]
    var isRetained: Bool
    /// Whether the client may have had it before. [MQTT-3.3.1-1]
    var isDuplicate: Bool
    /// 0 with QoS 0. [MQTT-2.2.1-2]
    var packetID: UInt16
    /// Of all subscriptions that match. [MQTT-3.3.4-3] [MQTT-3.3.4-4]
    var subscriptionIDs: [UInt32]
    /// What is left of the message's expiry, in seconds, in place of what its properties say. [MQTT-3.3.2-6]
    var expirySeconds: UInt32?
}

/// What a connection writes next.
enum Outgoing {
    case publish(OutgoingPublish)
    /// The client has the message, durably noted. [MQTT-4.3.3-4]
    case pubrel(UInt16)
    /// The client's QoS 2 publish is over, durably noted. [MQTT-4.3.3-11]
    case pubcomp(UInt16, ReasonCode)
}

/// What became of a QoS 2 packet identifier that a client sent.
enum InboundReceipt: Equatable {
    /// Publish it.
    case new
    /// The original is here: do not publish, answer PUBREC again. [MQTT-4.3.3-10]
    case again
    /// The original came before a restart, and the broker has it: do not publish, but make telemetry of it again, since the
    /// crash may have come before the first was synced. At least once instead of a loss.
    case recovered
    /// More than Receive Maximum are open. [MQTT-3.3.4-7]
    case full
}
