import MQTTCodec
package import NIOCore

/// The topic aliases a client has set on its connection. Spec: MQTT 5.0 §3.3.2.3.4.
package struct InboundAliases: Sendable {
    /// The highest alias, as CONNACK says; 0 for none.
    package let aliasMax: UInt16
    private var topics: [UInt16: ByteBuffer] = [:]

    /// A new connection's aliases: none, whatever an earlier connection had. [MQTT-3.3.2-7]
    package init(aliasMax: UInt16) {
        self.aliasMax = aliasMax
    }

    /// The topic of a PUBLISH.
    ///
    /// Throws the reason to disconnect with: ``ReasonCode/topicAliasInvalid`` for 0 and for more than the maximum
    /// [MQTT-3.3.2-8] [MQTT-3.3.2-9], ``ReasonCode/protocolError`` for an alias without a topic. [MQTT-3.3.2-12]
    package mutating func topic(of topic: ByteBuffer, alias: UInt16?) throws(AliasFault) -> ByteBuffer {
        guard let alias else {
            guard topic.readableBytes > 0 else { throw AliasFault(reason: .protocolError) }
            return topic
        }
        guard alias > 0, alias <= self.aliasMax else { throw AliasFault(reason: .topicAliasInvalid) }
        if topic.readableBytes == 0 {
            guard let known = self.topics[alias] else { throw AliasFault(reason: .protocolError) }
            return known
        }
        // A copy: the packet's topic is a slice that would keep the whole read buffer.
        if self.topics[alias] != topic { self.topics[alias] = ByteBuffer(bytes: topic.readableBytesView) }
        return topic
    }
}
