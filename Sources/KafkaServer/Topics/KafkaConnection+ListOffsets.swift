import EventLog
import KafkaProtocol
import NIOCore
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
        /// `nil` before the first turn.
        var begun: PartitionTimeSearch?
    }

    /// How long a search keeps a file thread at once, and how far it goes between two looks at the clock.
    private static let searchTurn = TimeAmount.milliseconds(50)
    private static let searchBytes: UInt64 = 4 << 20

    /// ListOffsets: the log's ends are known; offsets of times are looked up on a file thread. Contract kafka §7.
    ///
    /// A partition that is named twice is answered 42 both times, as Kafka does.
    func listOffsets(_ request: ListOffsetsRequest, _ handle: RequestHandle) {
        var answer = ListOffsetsAnswer(topics: [])
        var searches: [Search] = []
        var named = NamedPartitions()
        for topic in request.topics {
            for partition in topic.partitions { named.name(topic.name, partition.partition) }
        }
        for (topicIndex, topic) in request.topics.enumerated() {
            var partitions: [ListOffsetsAnswer.Partition] = []
            for (partitionIndex, partition) in topic.partitions.enumerated() {
                do throws(KafkaError) {
                    let place = TopicPartition(topic: topic.name, partition: partition.partition)
                    if named.repeated.contains(place) { throw .invalidRequest }
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
        self.find(searches[...], in: answer, handle)
    }

    /// Looks for one after the other, in short turns of a file thread: others read in between.
    private func find(_ searches: ArraySlice<Search>, in answer: ListOffsetsAnswer, _ handle: RequestHandle) {
        guard let first = searches.first else { return self.answer(handle, answer) }
        let place = answer.topics[first.topicIndex].partitions[first.partitionIndex]
        let later = self.later
        self.endpoint.files.submit { _ in
            var search = first
            let found = KafkaConnection.turn(of: &search, place)
            later { [search] connection in
                guard let found else {
                    return connection.find([search] + searches.dropFirst(), in: answer, handle)
                }
                var answer = answer
                answer.topics[search.topicIndex].partitions[search.partitionIndex] = found
                connection.find(searches.dropFirst(), in: answer, handle)
            }
        }
    }

    /// Goes on with a search; what was found, or `nil` when it is not over. Blocks.
    private static func turn(
        of search: inout Search,
        _ place: ListOffsetsAnswer.Partition
    ) -> ListOffsetsAnswer.Partition? {
        var found = place
        do throws(EventLogError) {
            var begun: PartitionTimeSearch
            if let earlier = search.begun {
                begun = earlier
            } else {
                begun = try search.log.search(forTime: search.time, partition: search.partition)
            }
            let end = NIODeadline.now() + KafkaConnection.searchTurn
            while try !begun.goOn(bytesMax: KafkaConnection.searchBytes) {
                guard .now() < end else {
                    search.begun = begun
                    return nil
                }
            }
            if let record = begun.found {
                found.offset = record.offset
                found.timestamp = record.time.milliseconds
            } else {
                found.leaderEpoch = -1
            }
        } catch {
            found = ListOffsetsAnswer.Partition(partition: place.partition, error: error.kafkaError)
        }
        return found
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
