import EventLog
import KafkaProtocol
import LogFormat
import Logging
import NIOPosix

extension KafkaConnection {
    /// This node as the client can reach it: the address of the listener it came in on.
    private var broker: MetadataAnswer.Broker {
        MetadataAnswer.Broker(
            nodeID: KafkaEndpoint.nodeID,
            host: self.listener.advertisedHost,
            port: self.listener.advertisedPort
        )
    }

    /// Metadata. Makes no topic, unless the operator turned that on. Contract kafka §7.
    func metadata(_ request: MetadataRequest, _ handle: RequestHandle) {
        let missing = self.topicsToMake(for: request)
        guard !missing.isEmpty else { return self.answer(handle, self.metadataAnswer(request)) }
        let later = self.later
        self.endpoint.files.submit { [log = self.endpoint.log, logger = self.endpoint.logger] _ in
            for name in missing {
                do throws(EventLogError) {
                    _ = try log.openTopic(name)
                } catch {
                    logger.warning("topic not made", metadata: ["topic": "\(name)", "error": "\(error)"])
                }
            }
            later { $0.answer(handle, $0.metadataAnswer(request)) }
        }
    }

    /// FindCoordinator: always this node. Contract kafka §8.
    func findCoordinator(_ request: FindCoordinatorRequest, _ handle: RequestHandle) {
        guard request.keyType == FindCoordinatorRequest.group else {
            // What InitProducerId and Produce answer, too: clients end with it, and ask again on others.
            let isTransaction = request.keyType == FindCoordinatorRequest.transaction
            let error = isTransaction ? KafkaError.transactionalIDAuthorizationFailed : .invalidRequest
            let message = isTransaction ? "transactions are not supported" : "a coordinator of this type does not exist"
            return self.answer(handle, FindCoordinatorAnswer(error: error, message: message))
        }
        if let error = self.refusal(of: .use) {
            return self.answer(handle, FindCoordinatorAnswer(error: error))
        }
        self.answer(handle, FindCoordinatorAnswer(self.broker))
    }

    private func metadataAnswer(_ request: MetadataRequest) -> MetadataAnswer {
        let topics: [MetadataAnswer.Topic]
        if let names = request.topics {
            topics = names.distinct { $0 }.map { self.topicMetadata($0) }
        } else {
            topics = self.endpoint.log.topics.compactMap { topic in
                let metadata = self.topicMetadata(topic.name)
                return metadata.error == .noError ? metadata : nil
            }
        }
        return MetadataAnswer(broker: self.broker, clusterID: self.endpoint.clusterID, topics: topics)
    }

    private func topicMetadata(_ name: String) -> MetadataAnswer.Topic {
        guard TopicName.isValid(name) else { return MetadataAnswer.Topic(error: .invalidTopic, name: name) }
        do throws(KafkaError) {
            try self.authorize(.describe, on: name)
        } catch {
            return MetadataAnswer.Topic(error: error, name: name)
        }
        guard let topic = self.endpoint.log.topic(named: name) else {
            return MetadataAnswer.Topic(error: .unknownTopicOrPartition, name: name)
        }
        return MetadataAnswer.Topic(name: name, partitionCount: Int32(topic.partitionCount))
    }

    private func topicsToMake(for request: MetadataRequest) -> [String] {
        guard self.endpoint.configuration.isTopicCreatedByMetadata, request.allowsAutoCreation else { return [] }
        return (request.topics ?? []).filter { name in
            guard TopicName.isValid(name), self.endpoint.log.topic(named: name) == nil else { return false }
            return (try? self.authorize(.create, on: name)) != nil  // without the right it is told "unknown topic"
        }
    }
}
