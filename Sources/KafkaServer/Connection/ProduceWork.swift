import EventLog
import KafkaProtocol
import NIOCore
import TelemetryModel

/// A Produce request whose batches are with the log.
struct ProduceWork {
    /// Where an outcome goes in the answer.
    struct Place: Equatable {
        var topic: Int
        var partition: Int
    }

    let handle: KafkaConnection.RequestHandle
    /// Whether the client wants an answer.
    let isAnswered: Bool
    let startedAt: NIODeadline
    /// The answer as far as it is known.
    var answer: ProduceAnswer
    /// Per topic of the request that was given to the log: where its outcomes go.
    var places: [Int: [Place]] = [:]
    /// Start offsets of partitions, for the answer, by topic of the request.
    var topics: [Int: LogTopic] = [:]
    /// Whether all outcomes are there.
    var isDone: Bool { self.places.isEmpty }

    /// Fills in the outcomes of one topic.
    mutating func finish(topic: Int, _ outcomes: [ProduceOutcome]) {
        guard let places = self.places.removeValue(forKey: topic) else { return }
        let startOffsets = self.topics.removeValue(forKey: topic)?.startOffsets ?? []
        for (place, outcome) in zip(places, outcomes) {
            let partition = self.answer.topics[place.topic].partitions[place.partition].partition
            let start = Int(partition) < startOffsets.count ? startOffsets[Int(partition)] : -1
            self.answer.topics[place.topic].partitions[place.partition] = ProduceWork.partition(
                partition,
                outcome,
                logStartOffset: start
            )
        }
    }

    /// Batches that are stored, and those that were answered with an error.
    var counts: (stored: Int, refused: Int) {
        var counts = (stored: 0, refused: 0)
        for topic in self.answer.topics {
            for partition in topic.partitions {
                if partition.error == .noError { counts.stored += 1 } else { counts.refused += 1 }
            }
        }
        return counts
    }

    /// What the log said, as the client is told. Contract kafka §5.
    private static func partition(
        _ number: Int32,
        _ outcome: ProduceOutcome,
        logStartOffset: Int64
    ) -> ProduceAnswer.Partition {
        switch outcome {
        case .stored(let baseOffset, let appendTime):
            return ProduceAnswer.Partition(
                partition: number,
                error: .noError,
                baseOffset: baseOffset,
                logAppendMilliseconds: appendTime?.milliseconds ?? -1,
                logStartOffset: logStartOffset
            )
        case .duplicate(let baseOffset):
            return ProduceAnswer.Partition(
                partition: number,
                error: .noError,
                baseOffset: baseOffset,
                logStartOffset: logStartOffset
            )
        case .refused(let refusal):
            return ProduceAnswer.Partition(
                partition: number,
                error: refusal.kafkaError,
                message: "\(refusal)"
            )
        }
    }
}
