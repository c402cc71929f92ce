import EventLog
import HubProtocol

extension HubError {
    /// The contract's error for a refusal of the log.
    init(_ error: EventLogError) {
        switch error {
        case .topicExists:
            self.init(.topicAlreadyExists, "\(error)")
        case .unknownTopic:
            self.init(.topicNotFound, "\(error)")
        case .invalidTopicName, .invalidPartitionCount, .invalidSettings, .tooManyTopics, .recordTooLarge,
            .unknownPartition, .offsetOutOfRange, .positionOutOfRange:
            self.init(.argumentInvalid, "\(error)")
        case .closed(let topic):
            self.init(
                .unavailable,
                "the topic \(topic) is closed: it was deleted meanwhile, or the gateway is stopping; ask for the topics, and "
                    + "try again"
            )
        case .backedUp, .fenced, .diskFull, .diskNearlyFull:
            self.init(.unavailable, "\(error)")
        case .file, .inUse, .topicDamaged, .readDamaged:
            self.init(.serverError, "\(error)")
        }
    }
}
