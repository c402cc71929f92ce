extension Broker {
    /// Bounds of the broker. The numbers are the defaults.
    package struct Configuration: Equatable, Sendable {
        /// Messages that may wait for one persistent session, 16 to 150 bytes of memory each; beyond it new ones are
        /// dropped for that session.
        package var sessionQueueMax = 100_000
        /// Of them those of QoS 2, each of which has its identifier from the start; at most 32,768, which is half of all
        /// identifiers.
        package var sessionQueueQoS2Max = 32_768
        /// Messages that may wait for all persistent sessions together.
        package var sessionQueuesMax = 5_000_000
        /// Messages that may wait in memory for a client whose session ends with its connection, and open exchanges.
        package var transientQueueMax = 1_000
        /// Bytes of topics and payloads that may wait in memory for one client; what a persistent session has beyond
        /// them is read back from the log.
        package var clientQueueBytesMax = 1 << 20
        /// Bytes of messages that may wait in memory for all clients together; beyond it a client for whom something waits gets
        /// nothing new of QoS 0, or of QoS 1 and 2 when its session ends with its connection, and a persistent session only
        /// positions.
        package var bufferedBytesMax = 256 << 20
        /// Retained messages.
        package var retainedMax = 100_000
        /// Bytes of their topics and payloads.
        package var retainedBytesMax = 64 << 20
        /// Subscriptions of one session, and filters of one SUBSCRIBE that are granted; those beyond are refused.
        package var subscriptionsMax = 1_000
        /// Nodes of the retained tree one SUBSCRIBE may look at, in slices; at least all of them once.
        package var retainedVisitsMax = 1_000_000
        /// Seconds a session is kept at most; who asks for more gets this, and is told. 4294967295 = for ever.
        package var sessionExpirySecondsMax = UInt32.max
        /// Sessions, connected or kept; beyond it no new one is made.
        package var sessionsMax = 200_000
        /// The same of one principal.
        package var sessionsPerPrincipalMax = 1_000
        /// Unfinished QoS 2 publishes of one client: the server's Receive Maximum.
        package var inboundQoS2Max = 65_535
        /// Topics whose subscribers an event loop remembers.
        package var routesMax = 4_096
        /// Deliveries one event loop may leave undone before QoS 0 messages are dropped for its clients.
        package var inboxMax = 262_144
        /// Bytes of a segment of `_mqtt`.
        package var segmentBytesMax = 16 << 20
        /// Segments of `_mqtt` that are never cleaned.
        package var segmentsKept = 4

        /// The defaults.
        package init() {}
    }
}
