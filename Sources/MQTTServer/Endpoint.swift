import EventLog
import Logging
import MQTTProtocol
import Synchronization

/// What all connections of a server share.
final class Endpoint: Sendable {
    let configuration: MQTTServer.Configuration
    let topic: LogTopic
    let broker: Broker
    let authenticator: any ConnectionAuthenticating
    let ingesting: (any MessageIngesting)?
    /// Takes what ``ingesting`` could not read.
    let deadLetters: LogTopic?
    /// The readings that are in the log; `nil` = they are not looked at.
    let numbers: ReceivedNumbers?
    let observer: any ConnectionObserving
    /// Answers requests on the hub's topics; `nil` = they close the connection.
    let hub: (any HubServing)?
    /// Answers devices that register; `nil` = their requests close the connection.
    let provisioning: (any RegistrationServing)?
    let metrics: MQTTMetrics
    let logger: Logger
    let connections = ConnectionTable()
    let limiters = RateLimiters()
    let admissions: Admissions
    /// Peers whose credentials were refused, by address.
    let refusals: Mutex<RefusalGate<String>>
    private let isAccepting = Atomic<Bool>(true)

    init(
        configuration: MQTTServer.Configuration,
        topic: LogTopic,
        broker: Broker,
        authenticator: any ConnectionAuthenticating,
        ingesting: (any MessageIngesting)?,
        deadLetters: LogTopic?,
        numbers: ReceivedNumbers?,
        observer: any ConnectionObserving,
        hub: (any HubServing)?,
        provisioning: (any RegistrationServing)?,
        metrics: MQTTMetrics,
        logger: Logger
    ) {
        self.configuration = configuration
        self.topic = topic
        self.broker = broker
        self.authenticator = authenticator
        self.ingesting = ingesting
        self.deadLetters = deadLetters
        self.numbers = numbers
        self.observer = observer
        self.hub = hub
        self.provisioning = provisioning
        self.metrics = metrics
        self.logger = logger
        self.admissions = Admissions(limits: configuration.admission)
        self.refusals = Mutex(RefusalGate(limits: configuration.refusals))
    }

    /// Why no CONNECT can be accepted at the moment; `nil` when it can.
    var unavailability: String? {
        guard self.isAccepting.load(ordering: .relaxed) else { return "the gateway takes no new connections" }
        return self.topic.unavailability ?? self.broker.unavailability
    }

    /// Whether clients leave so much unread in all that no more than must be is kept for them.
    var isOverBudget: Bool {
        self.broker.budget.used > self.configuration.unreadBytesMax
    }

    func stopAccepting() {
        self.isAccepting.store(false, ordering: .relaxed)
    }
}
