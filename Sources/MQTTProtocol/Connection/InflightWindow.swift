/// Publishes of one client that are taken and not yet durable: the bound on what it can make the server hold.
///
/// Full at `messagesMax` or `bytesMax`; then the caller stops reading, and goes on when half of both is free again, so
/// that a client at its limit costs one pause per half window. One message may pass the byte limit, never two.
package struct InflightWindow: Sendable {
    package let messagesMax: Int
    package let bytesMax: Int
    package private(set) var messages = 0
    package private(set) var bytes = 0
    /// Whether the caller must not take another publish.
    package private(set) var isFull = false

    /// An empty window.
    ///
    /// - Parameters:
    ///   - messagesMax: messages, at least 1.
    ///   - bytesMax: bytes of topics and payloads, at least 1.
    package init(messagesMax: Int, bytesMax: Int) {
        precondition(messagesMax > 0 && bytesMax > 0, "an in-flight window needs room for a message")
        self.messagesMax = messagesMax
        self.bytesMax = bytesMax
    }

    package var isEmpty: Bool { self.messages == 0 }

    /// A publish was taken.
    package mutating func take(bytes: Int) {
        self.messages += 1
        self.bytes += bytes
        if self.messages >= self.messagesMax || self.bytes >= self.bytesMax { self.isFull = true }
    }

    /// Publishes became durable.
    package mutating func release(messages: Int, bytes: Int) {
        self.messages -= messages
        self.bytes -= bytes
        precondition(self.messages >= 0 && self.bytes >= 0, "more was released than taken")
        if self.messages <= self.messagesMax / 2, self.bytes <= self.bytesMax / 2 { self.isFull = false }
    }
}
