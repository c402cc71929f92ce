import EventLog
import Logging
import Synchronization

/// What all connections of a server share.
final class Endpoint: Sendable {
    let configuration: MQTTServer.Configuration
    let topic: LogTopic
    let authenticator: any ConnectionAuthenticating
    let sessions: any SessionStoring
    let observer: any ConnectionObserving
    let metrics: MQTTMetrics
    let logger: Logger
    let connections = ConnectionTable()
    private let isAccepting = Atomic<Bool>(true)

    init(
        configuration: MQTTServer.Configuration,
        topic: LogTopic,
        authenticator: any ConnectionAuthenticating,
        sessions: any SessionStoring,
        observer: any ConnectionObserving,
        metrics: MQTTMetrics,
        logger: Logger
    ) {
        self.configuration = configuration
        self.topic = topic
        self.authenticator = authenticator
        self.sessions = sessions
        self.observer = observer
        self.metrics = metrics
        self.logger = logger
    }

    /// Why no CONNECT can be accepted at the moment; `nil` when it can.
    var unavailability: String? {
        guard self.isAccepting.load(ordering: .relaxed) else { return "the gateway takes no new connections" }
        switch self.topic.status {
        case .open: return nil
        case .fenced(let reason): return "the topic \(self.topic.name) takes nothing: \(reason)"
        case .closed: return "the log is closed"
        }
    }

    func stopAccepting() {
        self.isAccepting.store(false, ordering: .relaxed)
    }
}
