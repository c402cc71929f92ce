import EventLog
import KafkaProtocol
import Logging
import NIOPosix

/// Making and deleting topics: on a file thread, durable before the answer. Contract kafka §7.
extension KafkaConnection {
    func createTopics(_ request: CreateTopicsRequest, _ handle: RequestHandle) {
        let names = Dictionary(request.topics.map { ($0.name, 1) }, uniquingKeysWith: +)
        let orders = request.topics.map { topic -> Result<TopicOrder, TopicOrder.Fault> in
            guard names[topic.name] == 1 else {
                return .failure(TopicOrder.Fault(error: .invalidRequest, message: "the request names it twice"))
            }
            return self.order(topic)
        }
        guard !request.validatesOnly else {
            let outcomes = zip(request.topics, orders).map { topic, order in
                KafkaConnection.outcome(topic.name, order)
            }
            return self.answer(handle, CreateTopicsAnswer(topics: outcomes))
        }
        let later = self.later
        let topicNames = request.topics.map(\.name)
        self.endpoint.files.submit { [log = self.endpoint.log] _ in
            let outcomes = zip(topicNames, orders).map { name, order -> TopicOutcome in
                guard case .success(let order) = order else { return KafkaConnection.outcome(name, order) }
                do throws(EventLogError) {
                    _ = try log.createTopic(order.name, partitions: order.partitions, settings: order.settings)
                    return TopicOutcome(name: name, error: .noError)
                } catch {
                    return TopicOutcome(name: name, error: error.kafkaError, message: "\(error)")
                }
            }
            later { $0.answer(handle, CreateTopicsAnswer(topics: outcomes)) }
        }
    }

    func deleteTopics(_ request: DeleteTopicsRequest, _ handle: RequestHandle) {
        let checked = request.topics.map { name -> (String, KafkaError) in
            do throws(KafkaError) {
                try self.authorize(.delete, on: name)
                return (name, .noError)
            } catch {
                return (name, error)
            }
        }
        let later = self.later
        self.endpoint.files.submit { [log = self.endpoint.log] _ in
            let topics = checked.map { name, refusal -> DeleteTopicsAnswer.Topic in
                guard refusal == .noError else { return DeleteTopicsAnswer.Topic(name: name, error: refusal) }
                do throws(EventLogError) {
                    try log.deleteTopic(name)
                    return DeleteTopicsAnswer.Topic(name: name, error: .noError)
                } catch {
                    return DeleteTopicsAnswer.Topic(name: name, error: error.kafkaError)
                }
            }
            later { $0.answer(handle, DeleteTopicsAnswer(topics: topics)) }
        }
    }

    /// CreatePartitions: the number is fixed when a topic is made, so that a device's records keep their order.
    func createPartitions(_ request: CreatePartitionsRequest, _ handle: RequestHandle) {
        let outcomes = request.topics.map { topic -> TopicOutcome in
            do throws(KafkaError) {
                try self.authorize(.alter, on: topic.name)
            } catch {
                return TopicOutcome(name: topic.name, error: error)
            }
            guard self.endpoint.log.topic(named: topic.name) != nil else {
                return TopicOutcome(name: topic.name, error: .unknownTopicOrPartition)
            }
            let message = "the number of partitions is fixed when a topic is made: a key keeps its partition"
            return TopicOutcome(name: topic.name, error: .invalidPartitions, message: message)
        }
        self.answer(handle, CreatePartitionsAnswer(topics: outcomes))
    }

    /// InitProducerId: a number that nobody had, for everybody: what it may be used for Produce decides. Contract kafka §5.
    func initProducerID(_ request: InitProducerIDRequest, _ handle: RequestHandle) {
        guard request.transactionalID == nil else {
            return self.answer(handle, InitProducerIDAnswer(error: .transactionalIDAuthorizationFailed))
        }
        let later = self.later
        let logger = self.endpoint.logger
        self.endpoint.producerIDs.next { result in
            switch result {
            case .success(let id):
                later { $0.answer(handle, InitProducerIDAnswer(producerID: id, producerEpoch: 0)) }
            case .failure(let error):
                logger.error("no producer ids can be written down", metadata: ["error": "\(error)"])
                later { $0.answer(handle, InitProducerIDAnswer(error: .kafkaStorageError)) }
            }
        }
    }

    private func order(_ topic: CreateTopicsRequest.Topic) -> Result<TopicOrder, TopicOrder.Fault> {
        let configuration = self.endpoint.configuration
        do throws(TopicOrder.Fault) {
            let order = try TopicOrder(
                topic,
                partitionsDefault: configuration.partitionsDefault,
                settingsDefault: configuration.topicSettingsDefault
            )
            do throws(KafkaError) {
                try self.authorize(.create, on: topic.name)
            } catch {
                throw TopicOrder.Fault(error: error, message: "not permitted")
            }
            guard self.endpoint.log.topic(named: topic.name) == nil else {
                throw TopicOrder.Fault(error: .topicAlreadyExists, message: "topic \(topic.name) exists already")
            }
            return .success(order)
        } catch {
            return .failure(error)
        }
    }

    private static func outcome(_ name: String, _ order: Result<TopicOrder, TopicOrder.Fault>) -> TopicOutcome {
        switch order {
        case .success: TopicOutcome(name: name, error: .noError)
        case .failure(let fault): TopicOutcome(name: name, error: fault.error, message: fault.message)
        }
    }
}
