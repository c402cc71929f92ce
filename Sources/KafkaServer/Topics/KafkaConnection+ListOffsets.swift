import EventLog
import KafkaProtocol
import NIOPosix
import TelemetryModel

extension KafkaConnection {
    /// One partition whose offset is to be found by a time.
    private struct Search: Sendable {
        var topicIndex: Int
        var partitionIndex: Int
        var log: LogTopic
        var partition: Int
        var time: Timestamp
    }

    /// ListOffsets: the log's ends are known; offsets of times are looked up on a file thread. Contract kafka §7.
    func listOffsets(_ request: ListOffsetsRequest, _ handle: RequestHandle) {
        var answer = ListOffsetsAnswer(topics: [])
        var searches: [Search] = []
        for (topicIndex, topic) in request.topics.enumerated() {
            var partitions: [ListOffsetsAnswer.Partition] = []
            for (partitionIndex, partition) in topic.partitions.enumerated() {
                do throws(KafkaError) {
                    let log = try self.listedTopic(topic.name, partition)
                    let number = Int(partition.partition)
                    var found = ListOffsetsAnswer.Partition(
                        partition: partition.partition,
                        error: .noError,
                        leaderEpoch: LeaderEpoch.current
                    )
                    switch partition.timestamp {
                    case ListOffsetsRequest.latest: found.offset = log.endOffsets[number]
                    case ListOffsetsRequest.earliest: found.offset = log.startOffsets[number]
                    default:
                        searches.append(
                            Search(
                                topicIndex: topicIndex,
                                partitionIndex: partitionIndex,
                                log: log,
                                partition: number,
                                time: Timestamp(milliseconds: partition.timestamp)
                            )
                        )
                    }
                    partitions.append(found)
                } catch {
                    partitions.append(ListOffsetsAnswer.Partition(partition: partition.partition, error: error))
                }
            }
            answer.topics.append(ListOffsetsAnswer.Topic(name: topic.name, partitions: partitions))
        }
        guard !searches.isEmpty else { return self.answer(handle, answer) }
        let later = self.later
        self.endpoint.files.submit { [answer, searches] _ in
            let found = KafkaConnection.find(searches, in: answer)
            later { $0.answer(handle, found) }
        }
    }

    private static func find(_ searches: [Search], in answer: ListOffsetsAnswer) -> ListOffsetsAnswer {
        var answer = answer
        for search in searches {
            let place = answer.topics[search.topicIndex].partitions[search.partitionIndex]
            var found = place
            do throws(EventLogError) {
                if let record = try search.log.offset(ofTime: search.time, partition: search.partition) {
                    found.offset = record.offset
                    found.timestamp = record.time.milliseconds
                } else {
                    found.leaderEpoch = -1
                }
            } catch {
                found = ListOffsetsAnswer.Partition(partition: place.partition, error: error.kafkaError)
            }
            answer.topics[search.topicIndex].partitions[search.partitionIndex] = found
        }
        return answer
    }

    private func listedTopic(
        _ name: String,
        _ partition: ListOffsetsRequest.Partition
    ) throws(KafkaError) -> LogTopic {
        try self.authorize(.read, on: name)
        guard let log = self.endpoint.log.topic(named: name),
            (0..<Int32(log.partitionCount)).contains(partition.partition)
        else { throw .unknownTopicOrPartition }
        if let error = LeaderEpoch.error(of: partition.currentLeaderEpoch) { throw error }
        let known = [ListOffsetsRequest.latest, ListOffsetsRequest.earliest]
        guard partition.timestamp >= 0 || known.contains(partition.timestamp) else { throw .invalidRequest }
        return log
    }
}
