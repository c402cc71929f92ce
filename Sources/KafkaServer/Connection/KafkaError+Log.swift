import EventLog
import KafkaProtocol
import LogFormat

extension ProducerBatchFault {
    /// As the client is told. Contract kafka §5.1.
    var kafkaError: KafkaError {
        switch self {
        case .corruptMessage: .corruptMessage
        case .invalidRecord: .invalidRecord
        case .unsupportedMagic: .unsupportedForMessageFormat
        case .tooLarge: .messageTooLarge
        }
    }
}

extension ProduceRefusal {
    /// As the client is told. Contract kafka §5.
    var kafkaError: KafkaError {
        switch self {
        case .outOfOrderSequence: .outOfOrderSequence
        case .invalidProducerEpoch: .invalidProducerEpoch
        case .timestampTooFarAhead: .invalidTimestamp
        case .fenced, .diskNearlyFull: .kafkaStorageError
        // Deleted, or the gateway stops: the client looks again where the topic is.
        case .closed, .unknownPartition: .unknownTopicOrPartition
        }
    }
}

extension EventLogError {
    /// What a reader or an operator of topics is told.
    var kafkaError: KafkaError {
        switch self {
        case .offsetOutOfRange, .positionOutOfRange: .offsetOutOfRange
        case .unknownPartition, .unknownTopic, .closed: .unknownTopicOrPartition
        case .invalidTopicName: .invalidTopic
        case .invalidPartitionCount: .invalidPartitions
        case .topicExists: .topicAlreadyExists
        case .invalidSettings: .invalidConfig
        case .recordTooLarge: .messageTooLarge
        case .tooManyTopics: .policyViolation
        case .file, .inUse, .topicDamaged, .readDamaged, .fenced, .diskFull, .diskNearlyFull, .backedUp:
            .kafkaStorageError
        }
    }
}
