import CoreMetrics
import EventLog
import KafkaProtocol
import LogFormat
import NIOCore
import TelemetryModel

extension KafkaConnection {
    /// Produce: every batch is checked here and given to its topic; the answer follows the sync that covers all of it.
    ///
    /// Contract kafka §5.
    func produce(_ request: ProduceRequest, _ handle: RequestHandle) {
        var work = ProduceWork(
            handle: handle,
            isAnswered: request.acks != 0,
            startedAt: .now(),
            answer: ProduceAnswer(refusing: request, with: .unknownServerError)
        )
        if let error = KafkaConnection.fault(of: request) {
            work.answer = ProduceAnswer(refusing: request, with: error)
            return self.finish(work)
        }
        var named = NamedPartitions()
        for topic in request.topics {
            for partition in topic.partitions { named.name(topic.name, partition.partition) }
        }
        var batches: [(topic: Int, log: LogTopic, batches: [ProducerBatch])] = []
        for (index, topic) in request.topics.enumerated() {
            var taken: [ProducerBatch] = []
            let log: LogTopic
            do throws(KafkaError) {
                log = try self.producedTopic(topic.name)
            } catch {
                for place in topic.partitions.indices { work.answer.topics[index].partitions[place].error = error }
                continue
            }
            let limit = log.settings.messageBytesMax
            var places: [ProduceWork.Place] = []
            for (place, partition) in topic.partitions.enumerated() {
                do throws(ProducePartitionFault) {
                    // Of two neither: a client keeps one answer for each partition.
                    guard !named.repeated.contains(.init(topic: topic.name, partition: partition.partition)) else {
                        let message = "one batch per partition and request"
                        throw ProducePartitionFault(error: .invalidRecord, message: message)
                    }
                    taken.append(try KafkaConnection.batch(partition, of: log, bytesMax: limit))
                    places.append(ProduceWork.Place(topic: index, partition: place))
                } catch {
                    work.answer.topics[index].partitions[place].error = error.error
                    work.answer.topics[index].partitions[place].message = error.message
                }
            }
            guard !taken.isEmpty else { continue }
            work.places[index] = places
            work.topics[index] = log
            batches.append((index, log, taken))
        }
        guard !work.isDone else { return self.finish(work) }
        self.produces[handle.number] = work
        let mailbox = self.loop.mailbox
        // The log keeps what the frame holds until it answers, also when the connection has closed long before.
        let hold = self.holdWorkBudget(handle)
        for (topic, log, batches) in batches {
            log.produce(batches) { [id = self.id, number = handle.number] outcomes in
                withExtendedLifetime(hold) {
                    mailbox.post(.produced(connection: id, request: number, topic: topic, outcomes: outcomes))
                }
            }
        }
    }

    /// What became of the batches of one topic.
    func produced(_ request: UInt64, topic: Int, _ outcomes: [ProduceOutcome]) {
        guard var work = self.produces.removeValue(forKey: request) else { return }
        work.finish(topic: topic, outcomes)
        if work.isDone { self.finish(work) } else { self.produces[request] = work }
    }

    private func finish(_ work: ProduceWork) {
        let (stored, refused) = work.counts
        self.endpoint.metrics.batchesProduced.increment(by: stored)
        self.endpoint.metrics.batchesRefused.increment(by: refused)
        self.endpoint.metrics.produce.recordNanoseconds((NIODeadline.now() - work.startedAt).nanoseconds)
        if work.isAnswered {
            self.answer(work.handle, work.answer)
        } else {
            self.complete(work.handle, KafkaReply(closes: refused > 0 ? .unansweredFailure : nil))
        }
    }

    private static func fault(of request: ProduceRequest) -> KafkaError? {
        if request.transactionalID != nil { return .transactionalIDAuthorizationFailed }
        guard (-1...1).contains(request.acks) else { return .invalidRequiredAcks }
        return nil
    }

    private func producedTopic(_ name: String) throws(KafkaError) -> LogTopic {
        try self.authorize(.produce, on: name)
        guard let topic = self.endpoint.log.topic(named: name) else { throw .unknownTopicOrPartition }
        return topic
    }

    private static func batch(
        _ request: ProduceRequest.Partition,
        of topic: LogTopic,
        bytesMax: Int
    ) throws(ProducePartitionFault) -> ProducerBatch {
        let partition = Int(request.partition)
        guard (0..<topic.partitionCount).contains(partition) else {
            throw ProducePartitionFault(error: .unknownTopicOrPartition, message: nil)
        }
        guard let records = request.records, records.readableBytes > 0 else {
            throw ProducePartitionFault(error: .invalidRecord, message: "there is no batch")
        }
        do throws(ProducerBatchFault) {
            return try ProducerBatch.check(records, partition: partition, sizeMax: bytesMax)
        } catch {
            throw ProducePartitionFault(error: error.kafkaError, message: "\(error)")
        }
    }
}

/// Why the batch of one partition is not given to the log.
private struct ProducePartitionFault: Error {
    var error: KafkaError
    var message: String?
}
