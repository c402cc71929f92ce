import EventLog
import KafkaProtocol

/// Offsets of groups. Contract kafka §8.
extension KafkaConnection {
    func commitOffsets(_ request: OffsetCommitRequest, _ handle: RequestHandle) {
        if let error = self.refusal(of: .use) {
            return self.answer(handle, OffsetCommitAnswer(to: request, with: error))
        }
        let items = request.topics.flatMap { topic in
            topic.partitions.map { partition in
                OffsetCommit.Item(
                    place: TopicPartition(topic: topic.name, partition: partition.partition),
                    offset: partition.offset,
                    leaderEpoch: partition.leaderEpoch,
                    metadata: partition.metadata ?? "",
                    error: self.fault(of: topic.name, partition.partition)
                )
            }
        }
        let identity = GroupIdentity(
            group: request.group,
            generation: request.generation,
            memberID: request.memberID,
            instanceID: request.instanceID
        )
        let later = self.later
        self.endpoint.groups.ask { desk in
            desk.commit(identity, items) { errors in
                var answer = OffsetCommitAnswer(to: request, with: .noError)
                var next = 0
                for topic in answer.topics.indices {
                    for partition in answer.topics[topic].partitions.indices {
                        answer.topics[topic].partitions[partition].error = errors[next]
                        next += 1
                    }
                }
                later { [answer] in $0.answer(handle, answer) }
            }
        }
    }

    func fetchOffsets(_ request: OffsetFetchRequest, _ handle: RequestHandle) {
        if let error = self.refusal(of: .use) {
            return self.answer(handle, OffsetFetchAnswer(refusing: request, with: error))
        }
        let later = self.later
        guard let named = request.topics?.distinct(by: \.name) else {
            // All: those of topics that the client may not read are left out, as Kafka does.
            return self.endpoint.groups.ask { desk in
                let topics = OffsetFetchAnswer.topics(desk.committed(request.group))
                later { connection in
                    let shown = topics.filter { connection.readFault(of: $0.name) == nil }
                    connection.answer(handle, OffsetFetchAnswer(topics: shown))
                }
            }
        }
        let faults = named.map { self.readFault(of: $0.name) }
        self.endpoint.groups.ask { desk in
            let topics = zip(named, faults).map { topic, fault in
                let partitions = topic.partitions.distinct { $0 }.map { partition in
                    if let fault { return OffsetFetchAnswer.Partition(partition: partition, error: fault) }
                    return OffsetFetchAnswer.Partition(
                        partition,
                        desk.committed(request.group, TopicPartition(topic: topic.name, partition: partition))
                    )
                }
                return OffsetFetchAnswer.Topic(name: topic.name, partitions: partitions)
            }
            later { $0.answer(handle, OffsetFetchAnswer(topics: topics)) }
        }
    }

    /// Why the client may not read a topic; `nil` when it may.
    private func readFault(of topic: String) -> KafkaError? {
        do throws(KafkaError) {
            try self.authorize(.read, on: topic)
            return nil
        } catch {
            return error
        }
    }

    private func fault(of topic: String, _ partition: Int32) -> KafkaError {
        if let fault = self.readFault(of: topic) { return fault }
        guard let log = self.endpoint.log.topic(named: topic), (0..<Int32(log.partitionCount)).contains(partition)
        else { return .unknownTopicOrPartition }
        return .noError
    }
}

extension OffsetFetchAnswer {
    /// Offsets sorted by topic, as the answer has them.
    static func topics(_ offsets: [(place: TopicPartition, committed: CommittedOffset)]) -> [Topic] {
        var topics: [Topic] = []
        for (place, committed) in offsets {
            if topics.last?.name != place.topic { topics.append(Topic(name: place.topic, partitions: [])) }
            topics[topics.count - 1].partitions.append(Partition(place.partition, committed))
        }
        return topics
    }
}

extension OffsetFetchAnswer.Partition {
    /// What was committed; nothing is no error.
    init(_ partition: Int32, _ committed: CommittedOffset?) {
        guard let committed else {
            self.init(partition: partition)
            return
        }
        self.init(
            partition: partition,
            offset: committed.offset,
            leaderEpoch: committed.leaderEpoch,
            metadata: committed.metadata
        )
    }
}
