import HubProtocol
package import NIOCore

/// The way from the provisioning service to one accepted connection of a device that registers. Used from any thread.
///
/// What is published comes to the client in order. When the connection has ended, nothing happens.
package final class RegistrationLink: Sendable {
    /// Only the event loop looks into it.
    private final class Target {
        weak var handler: ConnectionHandler?

        init(_ handler: ConnectionHandler) {
            self.handler = handler
        }
    }

    /// Whose principal is a registration; its attributes are what the authenticator said.
    package let event: ConnectionEvent
    private let target: NIOLoopBound<Target>
    private let eventLoop: any EventLoop

    init(_ handler: ConnectionHandler, event: ConnectionEvent, eventLoop: any EventLoop) {
        self.event = event
        self.eventLoop = eventLoop
        self.target = NIOLoopBound(Target(handler), eventLoop: eventLoop)
    }

    /// Publishes with QoS 0, when the connection is subscribed to answers.
    ///
    /// - Parameters:
    ///   - topic: a checked topic name of `HubAnswerTopic.provisioning`.
    ///   - payload: the message.
    package func publish(topic: String, payload: ByteBuffer) {
        self.eventLoop.execute {
            self.target.value.handler?.hubPublish(
                topic: topic,
                payload: payload,
                requiring: .provisioning,
                answering: nil
            )
        }
    }
}
