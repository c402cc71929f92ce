import EventLog
import Glibc
import HubProtocol
import MQTTCodec
import NIOCore
import ReadingNumbers

/// A telemetry topic as last published to by a connection, with its property bag as record headers.
final class TelemetryTopic {
    /// Own copy of the topic's name: a slice would keep the read buffer alive.
    private let name: [UInt8]
    private let retain: Bool
    let properties: EncodedHeaders
    /// Bytes of the properties that count against the message limit.
    let countedBytes: Int
    /// The numbers of the message's readings.
    let numbers: MessageNumbers?
    /// Where the bag begins.
    private let bagOffset: Int

    /// Name and value that stand for RETAIN=1: nothing is retained. Source: contract iothub-mqtt section 4.
    static let retainProperty = (name: "mqtt-retain", value: "true")
    /// Marks a Will. Source: the same.
    static let willProperty = (name: "iothub-MessageType", value: "Will")

    /// Reads the bag of a telemetry topic of the identity, which begins at `bagOffset`.
    init(topic: ByteBuffer, bagOffset: Int, retain: Bool, isWill: Bool = false) throws(HubSyntaxError) {
        self.name = Array(topic.readableBytesView)
        self.retain = retain
        var properties = EncodedHeaders()
        var countedBytes = 0
        var reader = MessageNumbersReader()
        for property in try PropertyBag.parse(topic.readableBytesView.dropFirst(bagOffset)) {
            properties.append(name: property.name, value: property.value)
            countedBytes += PropertyBag.countedBytes(of: property)
            reader.note(name: property.name, value: property.value)
        }
        if retain {
            properties.append(name: TelemetryTopic.retainProperty.name, value: TelemetryTopic.retainProperty.value)
        }
        if isWill {
            properties.append(name: TelemetryTopic.willProperty.name, value: TelemetryTopic.willProperty.value)
        }
        self.properties = properties
        self.countedBytes = countedBytes
        self.numbers = reader.numbers
        self.bagOffset = bagOffset
    }

    /// Whether the message is one to this topic.
    func isTopic(of publish: PublishPacket) -> Bool {
        guard publish.retain == self.retain, publish.topic.readableBytes == self.name.count else { return false }
        return publish.topic.withUnsafeReadableBytes { topic in
            self.name.withUnsafeBytes { name in
                guard let one = topic.baseAddress, let other = name.baseAddress else { return true }
                return memcmp(one, other, name.count) == 0
            }
        }
    }

    /// The numbers, when user properties of an MQTT 5 PUBLISH may hold some of them.
    func numbers(with published: PublishProperties) -> MessageNumbers? {
        guard published.userProperties.contains(where: { $0.name.hasPrefix(MessageNumbers.namePrefix) }) else {
            return self.numbers
        }
        var reader = MessageNumbersReader()
        // It could be read before.
        let bag = try? PropertyBag.parse(self.name.dropFirst(self.bagOffset))
        for property in bag ?? [] { reader.note(name: property.name, value: property.value) }
        for property in published.userProperties { reader.note(name: property.name, value: property.value) }
        return reader.numbers
    }

    /// The properties with those of an MQTT 5 PUBLISH behind them.
    func properties(with published: PublishProperties) -> EncodedHeaders {
        var properties = self.properties
        if let contentType = published.contentType {
            properties.append(name: "content-type".utf8, value: contentType.utf8)
        }
        if let correlation = published.correlationData {
            properties.append(name: "correlation-id".utf8, value: correlation.readableBytesView)
        }
        for property in published.userProperties {
            let name = PropertyBag.storedName(ofApplication: property.name)
            properties.append(name: name.utf8, value: property.value.utf8)
        }
        return properties
    }
}
