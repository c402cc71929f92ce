import AMQPProtocol
import Logging
import Synchronization
import TelemetryModel

/// What all connections of a server share.
final class AMQPEndpoint: Sendable {
    let configuration: AMQPServer.Configuration
    let verifier: any TokenVerifying
    let sender: any CloudToDeviceSending
    /// The wall clock.
    let clock: @Sendable () -> Timestamp
    let metrics: AMQPMetrics
    let logger: Logger
    private let socketCount = Atomic<Int>(0)
    private let lastID = Atomic<UInt64>(0)

    init(
        configuration: AMQPServer.Configuration,
        verifier: any TokenVerifying,
        sender: any CloudToDeviceSending,
        clock: @escaping @Sendable () -> Timestamp,
        metrics: AMQPMetrics,
        logger: Logger
    ) {
        self.configuration = configuration
        self.verifier = verifier
        self.sender = sender
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
    }

    /// Sockets that are not closed.
    var sockets: Int { self.socketCount.load(ordering: .relaxed) }

    /// An id for a new socket, or `nil` when there are too many.
    func admit() -> UInt64? {
        guard self.socketCount.add(1, ordering: .relaxed).newValue <= self.configuration.connectionsMax else {
            self.socketCount.subtract(1, ordering: .relaxed)
            self.metrics.closed(.tooManyConnections)
            return nil
        }
        return self.lastID.add(1, ordering: .relaxed).newValue
    }

    /// An admitted socket closed.
    func leave() {
        self.socketCount.subtract(1, ordering: .relaxed)
    }
}
