import DeviceHub
import HubProtocol
import Synchronization
import TelemetryModel
import Testing

/// A connection whose other end is the test.
final class FakeLink: DeviceLink {
    /// What came to the client.
    struct Message: Sendable {
        var topic: String
        var payload: String
        /// Of the request that it answers.
        var answered: String?
        /// Of a message with QoS 1: acknowledges it, or loses it.
        var ended: (@Sendable (Bool) -> Void)?

        /// The text behind `$rid=`.
        var requestID: String {
            self.topic.firstRange(of: "$rid=").map { String(self.topic[$0.upperBound...].prefix { $0 != "&" }) } ?? ""
        }
    }

    let connectionID: UInt64
    let identity: IdentityID
    let modelID: String?
    private let messages = AsyncStream<Message>.makeStream()
    private let count = Atomic<Int>(0)

    init(_ identity: IdentityID, connectionID: UInt64 = 1, modelID: String? = nil) {
        self.identity = identity
        self.connectionID = connectionID
        self.modelID = modelID
    }

    /// Messages so far.
    var messageCount: Int { self.count.load(ordering: .relaxed) }

    /// The next message.
    func next() async throws -> Message {
        for await message in self.messages.stream { return message }
        return try #require(nil as Message?)
    }

    func publish(
        topic: String,
        payload: [UInt8],
        requiring subscription: HubSubscriptions,
        answering requestID: String?
    ) {
        self.took(Message(topic: topic, payload: String(decoding: payload, as: UTF8.self), answered: requestID))
    }

    func deliver(topic: String, payload: [UInt8], ended: @escaping @Sendable (Bool) -> Void) {
        self.took(Message(topic: topic, payload: String(decoding: payload, as: UTF8.self), ended: ended))
    }

    private func took(_ message: Message) {
        self.count.add(1, ordering: .relaxed)
        self.messages.continuation.yield(message)
    }
}
