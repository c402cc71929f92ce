import EventLog
import KafkaProtocol
import LogFormat

extension KafkaConnection {
    /// DescribeConfigs: settings of topics, and a few of the broker's. Contract kafka §7.
    func describeConfigs(_ request: DescribeConfigsRequest, _ handle: RequestHandle) {
        let resources = request.resources.distinct { "\($0.type) \($0.name)" }.map { resource in
            var answer = DescribeConfigsAnswer.Resource(type: resource.type, name: resource.name)
            do throws(KafkaError) {
                let lines = try self.lines(of: resource)
                answer.configs = lines.filter { line in resource.keys.map { $0.contains(line.name) } ?? true }
                    .map { $0.config(includesSynonyms: request.includesSynonyms) }
                if resource.type == DescribeConfigsRequest.broker {
                    for index in answer.configs.indices {
                        answer.configs[index].isReadOnly = true
                        answer.configs[index].source = .staticBroker
                    }
                }
            } catch {
                answer.error = error
            }
            return answer
        }
        self.answer(handle, DescribeConfigsAnswer(resources: resources))
    }

    private func lines(of resource: DescribeConfigsRequest.Resource) throws(KafkaError) -> [ConfigLine] {
        switch resource.type {
        case DescribeConfigsRequest.topic:
            try self.authorize(.describeConfigs, on: resource.name)
            guard let topic = self.endpoint.log.topic(named: resource.name) else { throw .unknownTopicOrPartition }
            return TopicConfigs.describe(
                topic.settings,
                standard: self.endpoint.configuration.topicSettingsDefault,
                partitions: topic.partitionCount
            )
        case DescribeConfigsRequest.broker:
            guard resource.name == "\(KafkaEndpoint.nodeID)" || resource.name.isEmpty else { throw .invalidRequest }
            guard self.access?.principal.rights.contains(.manage) == true else { throw .clusterAuthorizationFailed }
            let configuration = self.endpoint.configuration
            let retention = configuration.offsetsRetention
            return [
                self.line("auto.create.topics.enable", "\(configuration.isTopicCreatedByMetadata)", .boolean),
                self.line("message.max.bytes", "\(configuration.topicSettingsDefault.messageBytesMax)", .int),
                self.line("num.partitions", "\(configuration.partitionsDefault)", .int),
                self.line("offsets.retention.minutes", "\(retention.components.seconds / 60)", .int),
                self.line("socket.request.max.bytes", "\(configuration.requestBytesMax)", .int),
            ]
        default: throw .invalidRequest
        }
    }

    private func line(_ name: String, _ value: String, _ type: DescribeConfigsAnswer.ValueType) -> ConfigLine {
        ConfigLine(name: name, value: value, standard: value, type: type)
    }
}
