import MQTTCodec
import MQTTProtocol
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

    /// Publishes messages of the gateway's own to subscribers, in order, with QoS 0 and nobody's permissions. No ingest rule sees
    /// them: what was made of telemetry must not become telemetry again.
    ///
    /// - Parameters:
    ///   - messages: all in one turn.
    ///   - eventLoop: one of the server's group.
    /// - Returns: true when they are published and what is retained of them is durable; false when nothing is known of them: the
    ///   server does not work, or `_mqtt` takes nothing. Waits while `_mqtt` has more than it can write.
    package func publish(_ messages: [GatewayMessage], on eventLoop: any EventLoop) async -> Bool {
        await withCheckedContinuation { continuation in
            eventLoop.execute {
                guard let loop = self.ingestLoop(of: eventLoop) else { return continuation.resume(returning: false) }
                loop.publish(messages, OwnPublish { continuation.resume(returning: $0) })
            }
        }
    }

    /// The retained messages whose topics a condition picks, read a part at a time while others publish.
    ///
    /// - Parameter isWanted: quick; looks at the topic's bytes.
    /// - Returns: topics and payloads, in no order.
    package func retainedMessages(where isWanted: @Sendable (ByteBufferView) -> Bool) async -> [GatewayMessage] {
        var found: [GatewayMessage] = []
        var place = 0
        var isComplete = false
        while !isComplete {
            self.endpoint.broker.withState { state in
                let search = state.retained.scan(from: &place, nodesMax: MQTTServer.nodesPerScan)
                isComplete = search.isComplete
                for retained in search.values where isWanted(retained.message.topic.readableBytesView) {
                    found.append(
                        GatewayMessage(
                            topic: String(buffer: retained.message.topic),
                            payload: retained.message.payload,
                            isRetained: true
                        )
                    )
                }
            }
            await Task.yield()
        }
        return found
    }

    /// Nodes of the retained tree that are looked at under the broker's lock at once: about a hundred microseconds.
    private static let nodesPerScan = 4_096
}
