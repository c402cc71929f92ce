import EventLog
import KafkaProtocol
import Logging
import NIOPosix
import Synchronization

/// What all connections of a server share.
final class KafkaEndpoint: Sendable {
    /// The only broker there is.
    static let nodeID: Int32 = 1

    let configuration: KafkaServer.Configuration
    let log: EventLog
    let authenticator: any KafkaAuthenticating
    let permission: KafkaPermission
    let clusterID: String
    let producerIDs: ProducerIDs
    let groups: GroupService
    let metrics: KafkaMetrics
    let logger: Logger
    /// File calls: reads of segments, and what the operators of topics ask.
    let files: NIOThreadPool
    /// Bytes of requests that are half received or in work.
    let requestBytes: TurnBudget
    /// Bytes of fetched records that wait to be sent.
    let answerBytes: TurnBudget
    /// Makes the salts of users that do not exist.
    let scramSecret: [UInt8] = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
    private let socketCount = Atomic<Int>(0)
    private let lastID = Atomic<UInt64>(0)

    init(
        configuration: KafkaServer.Configuration,
        log: EventLog,
        authenticator: any KafkaAuthenticating,
        cluster: ClusterState,
        groups: GroupService,
        files: NIOThreadPool,
        metrics: KafkaMetrics,
        logger: Logger
    ) {
        self.configuration = configuration
        self.log = log
        self.authenticator = authenticator
        self.permission = KafkaPermission(gatewayTopics: configuration.systemTopics)
        self.clusterID = cluster.clusterID
        self.producerIDs = ProducerIDs(cluster: cluster, directory: configuration.stateDirectory, threads: files)
        self.groups = groups
        self.metrics = metrics
        self.logger = logger
        self.files = files
        self.requestBytes = TurnBudget(limit: configuration.requestBytesInAllMax)
        self.answerBytes = TurnBudget(limit: configuration.answerBytesInAllMax)
    }

    /// Sockets that are not closed.
    var sockets: Int { self.socketCount.load(ordering: .relaxed) }

    /// An id for a new socket, or `nil` when there are too many.
    func admit() -> UInt64? {
        guard self.socketCount.add(1, ordering: .relaxed).newValue <= self.configuration.connectionsMax else {
            self.socketCount.subtract(1, ordering: .relaxed)
            return nil
        }
        return self.lastID.add(1, ordering: .relaxed).newValue
    }

    /// An admitted socket closed.
    func leave() {
        self.socketCount.subtract(1, ordering: .relaxed)
    }
}
