package import HubProtocol
package import NIOCore
package import TelemetryModel

/// The way from the hub to one accepted connection of a device or module. Used from any thread.
///
/// What is published comes to the client in order. When the connection has ended, nothing happens.
package final class HubLink: Sendable {
    package let event: ConnectionEvent
    /// Whose connection it is.
    package let identity: IdentityID
    /// Where the connection is looked up: a weak reference to it would make each of its own retains slower.
    private let loop: NIOLoopBound<IngestLoop>
    private let eventLoop: any EventLoop

    init(_ handler: ConnectionHandler, event: ConnectionEvent, identity: IdentityID, eventLoop: any EventLoop) {
        self.event = event
        self.identity = identity
        self.eventLoop = eventLoop
        self.loop = NIOLoopBound(handler.loop, eventLoop: eventLoop)
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
            self.handler?.hubPublish(topic: topic, payload: payload, requiring: subscription, answering: requestID)
        }
    }

    /// Publishes with QoS 1 behind what was delivered before, as far as the client's window allows.
    package func deliver(_ delivery: HubDelivery) {
        self.eventLoop.execute {
            guard let handler = self.handler else { return delivery.ended(.lost) }
            handler.hubDeliver(delivery)
        }
    }

    /// On the event loop only; `nil` when the socket is gone.
    private var handler: ConnectionHandler? { self.loop.value.connections[self.event.connectionID] }
}
