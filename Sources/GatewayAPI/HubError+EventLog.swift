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
        case .backedUp, .fenced, .diskFull, .diskNearlyFull, .closed:
            self.init(.unavailable, "\(error)")
        case .file, .inUse, .topicDamaged, .readDamaged:
            self.init(.serverError, "\(error)")
        }
    }
}
