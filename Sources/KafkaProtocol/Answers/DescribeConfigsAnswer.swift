package import NIOCore

/// Settings of topics and of the broker. Source: contracts/kafka.md §3.
package struct DescribeConfigsAnswer: KafkaAnswer {
    /// Settings of one topic or of the broker.
    package struct Resource: Equatable, Sendable {
        package var error: KafkaError
        /// Why, in words.
        package var message: String?
        /// As asked: ``DescribeConfigsRequest/topic`` or ``DescribeConfigsRequest/broker``.
        package var type: Int8
        package var name: String
        package var configs: [Config]

        /// Settings; none with an error.
        package init(
            error: KafkaError = .noError,
            message: String? = nil,
            type: Int8,
            name: String,
            configs: [Config] = []
        ) {
            self.error = error
            self.message = message
            self.type = type
            self.name = name
            self.configs = configs
        }
    }

    /// Where a value comes from; Kafka's ConfigSource.
    package enum Source: Int8, Sendable {
        case topic = 1
        case dynamicBroker = 2
        case dynamicDefaultBroker = 3
        case staticBroker = 4
        case standard = 5
    }

    /// What a value is; Kafka's ConfigType. Version 3.
    package enum ValueType: Int8, Sendable {
        case unknown = 0
        case boolean = 1
        case string = 2
        case int = 3
        case short = 4
        case long = 5
        case double = 6
        case list = 7
        case className = 8
        case password = 9
    }

    /// One setting.
    package struct Config: Equatable, Sendable {
        package var name: String
        package var value: String?
        package var isReadOnly: Bool
        package var source: Source
        /// Told when synonyms were asked for.
        package var synonyms: [Synonym]
        /// Version 3.
        package var type: ValueType
        /// Version 3.
        package var documentation: String?

        /// One setting; none of ours is secret.
        package init(
            name: String,
            value: String?,
            isReadOnly: Bool = false,
            source: Source,
            synonyms: [Synonym] = [],
            type: ValueType = .unknown,
            documentation: String? = nil
        ) {
            self.name = name
            self.value = value
            self.isReadOnly = isReadOnly
            self.source = source
            self.synonyms = synonyms
            self.type = type
            self.documentation = documentation
        }
    }

    /// The same setting under another name or from another source.
    package struct Synonym: Equatable, Sendable {
        package var name: String
        package var value: String?
        package var source: Source

        /// A synonym.
        package init(name: String, value: String?, source: Source) {
            self.name = name
            self.value = value
            self.source = source
        }
    }

    package var resources: [Resource]

    /// An answer.
    package init(resources: [Resource]) {
        self.resources = resources
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        buffer.writeThrottle()
        buffer.writeKafkaArray(self.resources) { buffer, resource in
            buffer.writeError(resource.error)
            buffer.writeKafkaString(resource.message)
            buffer.writeInteger(resource.type)
            buffer.writeKafkaString(resource.name)
            buffer.writeKafkaArray(resource.configs) { $1.write(to: &$0, version: version) }
        }
    }
}

extension DescribeConfigsAnswer.Config {
    fileprivate func write(to buffer: inout ByteBuffer, version: Int16) {
        buffer.writeKafkaString(self.name)
        buffer.writeKafkaString(self.value)
        buffer.writeBoolean(self.isReadOnly)
        buffer.writeInteger(self.source.rawValue)
        buffer.writeBoolean(false)  // sensitive
        buffer.writeKafkaArray(self.synonyms) { buffer, synonym in
            buffer.writeKafkaString(synonym.name)
            buffer.writeKafkaString(synonym.value)
            buffer.writeInteger(synonym.source.rawValue)
        }
        guard version >= 3 else { return }
        buffer.writeInteger(self.type.rawValue)
        buffer.writeKafkaString(self.documentation)
    }
}
