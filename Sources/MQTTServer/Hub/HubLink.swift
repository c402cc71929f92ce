package import HubProtocol
package import NIOCore
package import TelemetryModel

/// The way from the hub to one accepted connection of a device or module. Used from any thread.
///
/// What is published comes to the client in order. When the connection has ended, nothing happens.
package final class HubLink: Sendable {
    /// Only the event loop looks into it.
    private final class Target {
        weak var handler: ConnectionHandler?

        init(_ handler: ConnectionHandler) {
            self.handler = handler
        }
    }

    package let event: ConnectionEvent
    /// Whose connection it is.
    package let identity: IdentityID
    private let target: NIOLoopBound<Target>
    private let eventLoop: any EventLoop

    init(_ handler: ConnectionHandler, event: ConnectionEvent, identity: IdentityID, eventLoop: any EventLoop) {
        self.event = event
        self.identity = identity
        self.eventLoop = eventLoop
        self.target = NIOLoopBound(Target(handler), eventLoop: eventLoop)
    }

    /// Publishes with QoS 0, when the connection is subscribed to that.
    ///
    /// - Parameters:
    ///   - topic: a checked topic name of ``HubAnswerTopic``.
    ///   - payload: the message.
    ///   - subscription: what the client must be subscribed to.
    ///   - requestID: of the client's request that this answers, as it came: its PUBACK follows. `nil` for what nobody asked
    ///     for.
    package func publish(
        topic: String,
        payload: ByteBuffer,
        requiring subscription: HubSubscriptions,
        answering requestID: String? = nil
    ) {
        self.eventLoop.execute {
            self.target.value.handler?.hubPublish(
                topic: topic,
                payload: payload,
                requiring: subscription,
                answering: requestID
            )
        }
    }

    /// Publishes with QoS 1 behind what was delivered before, as far as the client's window allows.
    package func deliver(_ delivery: HubDelivery) {
        self.eventLoop.execute {
            guard let handler = self.target.value.handler else { return delivery.ended(.lost) }
            handler.hubDeliver(delivery)
        }
    }
}
