package import CoreMetrics
import KafkaProtocol

/// The endpoint's metrics; handles are made once.
///
/// | name | labels | what |
/// | --- | --- | --- |
/// | `weir_kafka_connections` | | sockets now |
/// | `weir_kafka_connections_accepted` | | sockets let in |
/// | `weir_kafka_connections_closed` | `reason` | every socket that ended, ``KafkaCloseReason`` |
/// | `weir_kafka_authentication_failures` | | wrong credentials, or none for this endpoint |
/// | `weir_kafka_requests` | `api` | requests that were read whole |
/// | `weir_kafka_request_errors` | | answers with an error that the request as a whole got |
/// | `weir_kafka_batches_produced` | | record batches stored, each after its fdatasync |
/// | `weir_kafka_batches_refused` | | record batches answered with an error |
/// | `weir_kafka_received_bytes` | | bytes from sockets, TLS removed |
/// | `weir_kafka_fetched_bytes` | | bytes of records given to sockets |
/// | `weir_kafka_fetches_waiting` | | Fetch requests that wait for records now |
/// | `weir_kafka_groups` | | consumer groups now |
/// | `weir_kafka_offset_commits` | | OffsetCommit requests that were stored |
/// | `weir_kafka_produce` | | seconds from a Produce request to its answer |
package struct KafkaMetrics: Sendable {
    let connections: Meter
    let accepted: Counter
    let authenticationFailures: Counter
    let requestErrors: Counter
    let batchesProduced: Counter
    let batchesRefused: Counter
    let receivedBytes: Counter
    let fetchedBytes: Counter
    let fetchesWaiting: Meter
    let groups: Meter
    let offsetCommits: Counter
    let produce: Timer
    private let requestsByAPI: [APIKey: Counter]
    private let closedByReason: [KafkaCloseReason: Counter]

    /// Handles of a factory.
    package init(factory: any MetricsFactory = MetricsSystem.factory) {
        func counter(_ name: String, _ dimensions: [(String, String)] = []) -> Counter {
            Counter(label: "weir_kafka_\(name)", dimensions: dimensions, factory: factory)
        }
        self.connections = Meter(label: "weir_kafka_connections", factory: factory)
        self.accepted = counter("connections_accepted")
        self.authenticationFailures = counter("authentication_failures")
        self.requestErrors = counter("request_errors")
        self.batchesProduced = counter("batches_produced")
        self.batchesRefused = counter("batches_refused")
        self.receivedBytes = counter("received_bytes")
        self.fetchedBytes = counter("fetched_bytes")
        self.fetchesWaiting = Meter(label: "weir_kafka_fetches_waiting", factory: factory)
        self.groups = Meter(label: "weir_kafka_groups", factory: factory)
        self.offsetCommits = counter("offset_commits")
        self.produce = Timer(label: "weir_kafka_produce", factory: factory)
        self.requestsByAPI = Dictionary(
            uniqueKeysWithValues: APIKey.allCases.map { ($0, counter("requests", [("api", "\($0)")])) }
        )
        self.closedByReason = Dictionary(
            uniqueKeysWithValues: KafkaCloseReason.allCases
                .map { ($0, counter("connections_closed", [("reason", $0.rawValue)])) }
        )
    }

    func requested(_ key: APIKey) {
        self.requestsByAPI[key]?.increment()
    }

    func closed(_ reason: KafkaCloseReason) {
        self.closedByReason[reason]?.increment()
    }
}
