import AMQPProtocol
package import CoreMetrics

/// The endpoint's metrics; handles are made once.
///
/// | name | labels | what |
/// | --- | --- | --- |
/// | `weir_amqp_connections` | | sockets now |
/// | `weir_amqp_connections_accepted` | | sockets let in |
/// | `weir_amqp_connections_closed` | `reason` | every socket that ended, `AMQPCloseReason` |
/// | `weir_amqp_tokens` | `outcome` | tokens put to `$cbs` and checked |
/// | `weir_amqp_messages` | `outcome` | cloud-to-device messages, by what the sender was told |
/// | `weir_amqp_received_bytes` | | bytes from sockets, TLS and WebSocket removed |
package struct AMQPMetrics: Sendable {
    let connections: Meter
    let accepted: Counter
    let receivedBytes: Counter
    private let tokenAccepted: Counter
    private let tokenRefused: Counter
    private let tokenUnavailable: Counter
    private let messageAccepted: Counter
    private let messageNotFound: Counter
    private let messageQueueFull: Counter
    private let messageRefused: Counter
    private let messageUnavailable: Counter
    private let closedByReason: [AMQPCloseReason: Counter]

    /// Handles of a factory.
    package init(factory: any MetricsFactory = MetricsSystem.factory) {
        func counter(_ name: String, _ dimensions: [(String, String)] = []) -> Counter {
            Counter(label: "weir_amqp_\(name)", dimensions: dimensions, factory: factory)
        }
        self.connections = Meter(label: "weir_amqp_connections", factory: factory)
        self.accepted = counter("connections_accepted")
        self.receivedBytes = counter("received_bytes")
        self.tokenAccepted = counter("tokens", [("outcome", "accepted")])
        self.tokenRefused = counter("tokens", [("outcome", "refused")])
        self.tokenUnavailable = counter("tokens", [("outcome", "unavailable")])
        self.messageAccepted = counter("messages", [("outcome", "accepted")])
        self.messageNotFound = counter("messages", [("outcome", "notFound")])
        self.messageQueueFull = counter("messages", [("outcome", "queueFull")])
        self.messageRefused = counter("messages", [("outcome", "refused")])
        self.messageUnavailable = counter("messages", [("outcome", "unavailable")])
        self.closedByReason = Dictionary(
            uniqueKeysWithValues: AMQPCloseReason.allCases
                .map { ($0, counter("connections_closed", [("reason", $0.rawValue)])) }
        )
    }

    func checked(_ decision: TokenDecision) {
        switch decision {
        case .accepted: self.tokenAccepted.increment()
        case .refused: self.tokenRefused.increment()
        case .unavailable: self.tokenUnavailable.increment()
        }
    }

    func done(_ outcome: CloudToDeviceOutcome) {
        switch outcome {
        case .accepted: self.messageAccepted.increment()
        case .notFound: self.messageNotFound.increment()
        case .queueFull: self.messageQueueFull.increment()
        case .refused: self.messageRefused.increment()
        case .unavailable: self.messageUnavailable.increment()
        }
    }

    func closed(_ reason: AMQPCloseReason) {
        self.closedByReason[reason]?.increment()
    }
}
