import MQTTCodec
package import NIOCore

extension MQTTServer {
    /// Publishes a message of the gateway's own, with QoS 0 and nobody's permissions. Returns at once, from any thread.
    ///
    /// - Parameters:
    ///   - topic: a checked topic name.
    ///   - payload: the message.
    ///   - eventLoop: one of the server's group; before the start and after the stop nothing is published.
    package func publish(topic: String, payload: ByteBuffer, on eventLoop: any EventLoop) {
        eventLoop.execute {
            guard let loop = self.ingestLoop(of: eventLoop) else { return }
            loop.broker.publish(
                BrokerMessage(
                    topic: ByteBuffer(string: topic),
                    payload: payload,
                    qos: .atMostOnce,
                    retain: false,
                    properties: nil,
                    expiresAt: nil
                ),
                from: nil
            )
        }
    }
}
