import EventLog

/// Something another thread has for a connection or a watch of one event loop.
enum LoopMail: Sendable {
    /// What became of the batches of one topic of a Produce request.
    case produced(connection: UInt64, request: UInt64, topic: Int, outcomes: [ProduceOutcome])
    /// What a file thread read for a Fetch request.
    case fetched(connection: UInt64, request: UInt64, result: FetchResult)
    /// Something was committed to a topic, or it was fenced, closed or deleted.
    case committed(TopicWatch)
    /// Anything else, for what comes seldom; not called when the connection is gone.
    case run(connection: UInt64, @Sendable (KafkaConnection) -> Void)
}
