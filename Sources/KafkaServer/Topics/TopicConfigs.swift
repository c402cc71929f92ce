import KafkaProtocol
import LogFormat

/// A topic's settings under the names that Kafka has for them. Contract kafka §7.
enum TopicConfigs {
    /// What a client gave for a setting, and why it cannot be.
    struct Fault: Error, Equatable {
        var message: String
    }

    static let retentionMilliseconds = "retention.ms"
    /// Of one partition in Kafka, of the topic in ours: multiplied and divided.
    static let retentionBytes = "retention.bytes"
    static let segmentBytes = "segment.bytes"
    static let messageBytes = "max.message.bytes"
    static let timestampType = "message.timestamp.type"
    static let cleanupPolicy = "cleanup.policy"

    private static let logAppendTime = "LogAppendTime"
    private static let createTime = "CreateTime"

    /// The settings of a topic with this number of partitions, changed by what a client gave.
    static func settings(
        _ configs: [CreateTopicsRequest.Config],
        from standard: TopicSettings,
        partitions: Int
    ) throws(Fault) -> TopicSettings {
        var settings = standard
        for config in configs {
            guard let value = config.value else { throw Fault(message: "\(config.name) has no value") }
            try self.set(config.name, value, in: &settings, partitions: partitions)
        }
        if let fault = settings.fault { throw Fault(message: fault) }
        return settings
    }

    private static func set(
        _ name: String,
        _ value: String,
        in settings: inout TopicSettings,
        partitions: Int
    ) throws(Fault) {
        switch name {
        case self.retentionMilliseconds:
            let number = try self.number(value, name)
            settings.retentionMilliseconds = number == -1 ? nil : number
        case self.retentionBytes:
            let number = try self.number(value, name)
            let (bytes, overflow) = number.multipliedReportingOverflow(by: Int64(partitions))
            settings.retentionBytes = number == -1 ? nil : overflow ? .max : bytes
        case self.segmentBytes: settings.segmentBytesMax = Int(try self.number(value, name))
        case self.messageBytes: settings.messageBytesMax = Int(try self.number(value, name))
        case self.timestampType:
            switch value {
            case self.logAppendTime: settings.timestampType = .logAppendTime
            case self.createTime: settings.timestampType = .createTime
            default: throw Fault(message: "\(name) is \(value); it can be LogAppendTime or CreateTime")
            }
        case self.cleanupPolicy:
            guard value == "delete" else { throw Fault(message: "\(name) is \(value); only delete is supported") }
        default: throw Fault(message: "\(name) is not known here")
        }
    }

    private static func number(_ text: String, _ name: String) throws(Fault) -> Int64 {
        guard let number = Int64(text) else { throw Fault(message: "\(name) is \(text), which is no whole number") }
        return number
    }

    /// A topic's settings as DescribeConfigs shows them.
    static func describe(_ settings: TopicSettings, standard: TopicSettings, partitions: Int) -> [ConfigLine] {
        func lines(_ settings: TopicSettings) -> [(name: String, value: String, type: DescribeConfigsAnswer.ValueType)]
        {
            [
                (self.cleanupPolicy, "delete", .list),
                (self.messageBytes, "\(settings.messageBytesMax)", .int),
                (
                    self.timestampType,
                    settings.timestampType == .createTime ? self.createTime : self.logAppendTime, .string
                ),
                (self.retentionBytes, "\(settings.retentionBytes.map { $0 / Int64(partitions) } ?? -1)", .long),
                (self.retentionMilliseconds, "\(settings.retentionMilliseconds ?? -1)", .long),
                (self.segmentBytes, "\(settings.segmentBytesMax)", .int),
            ]
        }
        return zip(lines(settings), lines(standard)).map { line, standard in
            ConfigLine(name: line.name, value: line.value, standard: standard.value, type: line.type)
        }
    }
}
