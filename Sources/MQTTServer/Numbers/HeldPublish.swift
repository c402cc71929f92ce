import EventLog
import MQTTCodec
import ReadingNumbers

/// A publish that waits until its device's numbers are this event loop's: nothing behind it is read meanwhile.
final class HeldPublish {
    let publish: PublishPacket
    let topic: TelemetryTopic
    let properties: EncodedHeaders
    let numbers: MessageNumbers

    init(_ publish: PublishPacket, topic: TelemetryTopic, properties: EncodedHeaders, numbers: MessageNumbers) {
        self.publish = publish
        self.topic = topic
        self.properties = properties
        self.numbers = numbers
    }
}
