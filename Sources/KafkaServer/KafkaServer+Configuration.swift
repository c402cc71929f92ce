package import LogFormat

extension KafkaServer {
    /// Where a listener binds and what it tells clients to connect to.
    package struct Listener: Equatable, Sendable {
        /// An address or name of this machine.
        package var host: String
        /// 0 picks a free port.
        package var port: Int
        /// The host that Metadata names; `nil`: ``host``, or what ``AdvertisedHost`` finds when that is every address.
        package var advertisedHost: String?
        /// The port that Metadata names; `nil`: the one that is bound.
        package var advertisedPort: Int?

        /// A listener.
        package init(host: String, port: Int, advertisedHost: String? = nil, advertisedPort: Int? = nil) {
            self.host = host
            self.port = port
            self.advertisedHost = advertisedHost
            self.advertisedPort = advertisedPort
        }
    }

    /// Whether clients of the listener without TLS prove who they are.
    package enum Authentication: Equatable, Sendable {
        /// SASL_PLAINTEXT.
        case sasl
        /// PLAINTEXT: everybody may do everything. On loopback only.
        case none
    }

    /// Addresses and bounds of the endpoint. The numbers are the defaults.
    package struct Configuration: Sendable {
        /// Without TLS; `nil` = off.
        package var tcp: Listener?
        /// With TLS and always with SASL; `nil` = off.
        package var tls: Listener?
        /// Of the listener without TLS.
        package var authentication = Authentication.sasl
        /// The folder of the cluster's id and the counter of producer ids; made when its parent is there.
        package var stateDirectory: String
        /// Names that the hub answers to, for what a listener on every address tells clients.
        package var hostNames: [String] = []
        /// Topics that the gateway made: see `KafkaPermission`.
        package var systemTopics: Set<String> = []
        /// Whether Metadata makes a topic that a client with the right Manage asks for.
        package var isTopicCreatedByMetadata = false

        /// Partitions of a topic that is made without a number.
        package var partitionsDefault = 4
        /// Settings of a topic that is made without any.
        package var topicSettingsDefault = TopicSettings()

        /// Connections at once; more are closed at accept.
        package var connectionsMax = 1_000
        /// Bytes of the largest request. Contract kafka §1.
        package var requestBytesMax = 16 << 20
        /// The same before authentication.
        package var handshakeBytesMax = 16 << 10
        /// Requests of one connection that are in work; at the bound the server stops reading from it.
        package var requestsMax = 64
        /// Bytes of requests, half received or in work, of all connections; at the bound the next wait in turn.
        package var requestBytesInAllMax = 64 << 20
        /// Bytes of fetched records that wait to be sent, of all connections; at the bound fetches wait in turn.
        package var answerBytesInAllMax = 32 << 20
        /// Bytes of records in one Fetch answer beyond a first batch; what a client asks for is cut to it.
        package var answerBytesMax = 2 << 20
        /// Threads that read segments for Fetch and ListOffsets.
        package var fileThreads = 4
        /// From accept to the end of authentication, TLS handshake included.
        package var authenticationTimeout = Duration.seconds(10)
        /// How long the answer to wrong credentials waits. Contract kafka §9.
        package var refusalDelay = Duration.milliseconds(500)
        /// How long a request may take from its first byte to its last.
        package var requestTimeout = Duration.seconds(30)
        /// How long a client may leave an answer unread before it is closed.
        package var unreadTimeout = Duration.seconds(30)
        /// How long a connection may be without a request before it is closed, as Kafka's `connections.max.idle.ms`.
        package var idleTimeout = Duration.seconds(600)
        /// The longest that a Fetch waits for records, whatever it asks.
        package var fetchWaitMax = Duration.seconds(60)
        /// Groups at once; more are refused.
        package var groupsMax = 1_000
        /// How long the first member of a group waits for more. Contract kafka §8: at most 500 ms. With more than none,
        /// kafka-python's leader may miss the answer when it polls for shorter, and joins again and again.
        package var groupInitialDelay = Duration.zero
        /// How long offsets of a group without members are kept. Contract kafka §8.
        package var offsetsRetention = Duration.seconds(7 * 86_400)
        /// Bytes of a segment of the offsets topic.
        package var offsetsSegmentBytesMax = 4 << 20
        /// Segments of the offsets topic at which it is rewritten.
        package var offsetsSegmentsMax = 4
        /// How long after a failed attempt the offsets topic is read again.
        package var offsetsRetryPause = Duration.seconds(10)
        /// How long a stop waits for requests in work.
        package var drainTimeout = Duration.seconds(5)

        /// A configuration with both listeners off.
        package init(stateDirectory: String, tcp: Listener? = nil, tls: Listener? = nil) {
            self.stateDirectory = stateDirectory
            self.tcp = tcp
            self.tls = tls
        }
    }
}
