package import CoreMetrics
import MQTTCodec

/// The endpoint's metrics; handles are made once.
///
/// | name | labels | what |
/// | --- | --- | --- |
/// | `weir_mqtt_connections` | | accepted connections now |
/// | `weir_mqtt_sockets` | | sockets now, with those before CONNECT |
/// | `weir_mqtt_connections_accepted` | | CONNACK 0 |
/// | `weir_mqtt_connections_refused` | `code` | CONNACK other than 0, by the code of MQTT 3.1.1 |
/// | `weir_mqtt_connections_closed` | `reason` | every socket that ended, ``CloseReason`` |
/// | `weir_mqtt_authentication_failures` | | CONNACK 4 or 5 |
/// | `weir_mqtt_messages_received` | `qos` | PUBLISH taken, telemetry or not |
/// | `weir_mqtt_messages_acknowledged` | | PUBACK and PUBREC written, each after its fdatasync |
/// | `weir_mqtt_messages_delivered` | | PUBLISH written to subscribers |
/// | `weir_mqtt_messages_dropped` | | PUBLISH a subscriber did not get: it reads too slowly, or takes no such size |
/// | `weir_mqtt_messages_repeated` | | telemetry that was in the log already, by its numbers: acknowledged, not stored again |
/// | `weir_mqtt_messages_misnumbered` | | telemetry whose `weir-` numbers cannot be read: stored as if it had none |
/// | `weir_mqtt_messages_refused` | | PUBLISH without permission, or with a payload that is not what it says |
/// | `weir_mqtt_messages_ingested` | | messages of ordinary topics that became telemetry |
/// | `weir_mqtt_messages_dead` | | the same that their rule could not read |
/// | `weir_mqtt_messages_unacknowledged` | | taken, and lost to a log that failed |
/// | `weir_mqtt_wills_published` | | Wills that became telemetry or were brokered |
/// | `weir_mqtt_received_bytes` | | bytes from sockets, TLS removed |
/// | `weir_mqtt_acknowledge` | | seconds from the first PUBLISH of a commit to its PUBACKs |
package struct MQTTMetrics: Sendable {
    let connections: Meter
    let sockets: Meter
    let accepted: Counter
    let authenticationFailures: Counter
    let receivedQoS0: Counter
    let receivedQoS1: Counter
    let receivedQoS2: Counter
    let acknowledged: Counter
    let delivered: Counter
    let dropped: Counter
    let repeated: Counter
    let misnumbered: Counter
    let refusedMessages: Counter
    let ingested: Counter
    let dead: Counter
    let unacknowledged: Counter
    let wills: Counter
    let bytes: Counter
    let acknowledge: Timer
    private let refusedByCode: [ConnectReturnCode: Counter]
    private let closedByReason: [CloseReason: Counter]

    /// Handles of a factory.
    package init(factory: any MetricsFactory = MetricsSystem.factory) {
        func counter(_ name: String, _ dimensions: [(String, String)] = []) -> Counter {
            Counter(label: "weir_mqtt_\(name)", dimensions: dimensions, factory: factory)
        }
        self.connections = Meter(label: "weir_mqtt_connections", factory: factory)
        self.sockets = Meter(label: "weir_mqtt_sockets", factory: factory)
        self.accepted = counter("connections_accepted")
        self.authenticationFailures = counter("authentication_failures")
        self.receivedQoS0 = counter("messages_received", [("qos", "0")])
        self.receivedQoS1 = counter("messages_received", [("qos", "1")])
        self.receivedQoS2 = counter("messages_received", [("qos", "2")])
        self.acknowledged = counter("messages_acknowledged")
        self.delivered = counter("messages_delivered")
        self.dropped = counter("messages_dropped")
        self.repeated = counter("messages_repeated")
        self.misnumbered = counter("messages_misnumbered")
        self.refusedMessages = counter("messages_refused")
        self.ingested = counter("messages_ingested")
        self.dead = counter("messages_dead")
        self.unacknowledged = counter("messages_unacknowledged")
        self.wills = counter("wills_published")
        self.bytes = counter("received_bytes")
        self.acknowledge = Timer(label: "weir_mqtt_acknowledge", factory: factory)
        self.refusedByCode = Dictionary(
            uniqueKeysWithValues: ConnectReturnCode.allCases.filter { $0 != .accepted }
                .map { ($0, counter("connections_refused", [("code", "\($0.rawValue)")])) }
        )
        self.closedByReason = Dictionary(
            uniqueKeysWithValues: CloseReason.allCases
                .map { ($0, counter("connections_closed", [("reason", $0.rawValue)])) }
        )
    }

    func refused(_ code: ConnectReturnCode) {
        self.refusedByCode[code]?.increment()
        switch code {
        case .badUserNameOrPassword, .notAuthorized: self.authenticationFailures.increment()
        case .accepted, .unacceptableProtocolVersion, .identifierRejected, .serverUnavailable: break
        }
    }

    func closed(_ reason: CloseReason) {
        self.closedByReason[reason]?.increment()
    }
}
