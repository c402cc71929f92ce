import HubProtocol
package import NIOCore

/// The way from the provisioning service to one accepted connection of a device that registers. Used from any thread.
///
/// What is published comes to the client in order. When the connection has ended, nothing happens.
package final class RegistrationLink: Sendable {
    /// Whose principal is a registration; its attributes are what the authenticator said.
    package let event: ConnectionEvent
    /// Where the connection is looked up: a weak reference to it would make each of its own retains slower.
    private let loop: NIOLoopBound<IngestLoop>
    private let eventLoop: any EventLoop

    init(_ handler: ConnectionHandler, event: ConnectionEvent, eventLoop: any EventLoop) {
        self.event = event
        self.eventLoop = eventLoop
        self.loop = NIOLoopBound(handler.loop, eventLoop: eventLoop)
    }

    /// Publishes with QoS 0, when the connection is subscribed to answers.
    ///
    /// - Parameters:
    ///   - topic: a checked topic name of `HubAnswerTopic.provisioning`.
    ///   - payload: the message.
    package func publish(topic: String, payload: ByteBuffer) {
        self.eventLoop.execute {
            let handler = self.loop.value.connections[self.event.connectionID]
            handler?.hubPublish(topic: topic, payload: payload, requiring: .provisioning, answering: nil)
        }
    }
}
