import DequeModule
import NIOCore

/// One link, and where its flow of messages stands.
struct AMQPLink: Sendable {
    /// What the link is for.
    enum Kind: Equatable, Sendable {
        /// The client sends requests to `$cbs`.
        case tokenRequests
        /// The client takes the answers of `$cbs`; it calls its end `address`.
        case tokenAnswers(address: String?)
        /// The client sends messages to devices.
        case deviceMessages
        /// Nothing: it was refused, and the client's detach is awaited.
        case refused
    }

    /// A message of which the last frame has not come.
    struct Partial: Sendable {
        var deliveryID: UInt32
        var isSettled = false
        var isTooLarge = false
        var bytes = ByteBuffer()
    }

    let name: String
    /// Which end the client is.
    let role: AMQPAttach.Role
    let kind: Kind
    /// Tells links of the same handle apart.
    let serial: UInt64
    /// We have sent detach; what comes for the link is forgotten until the client's.
    var isDetaching = false
    /// Messages of the link so far, wrapping.
    var deliveryCount: UInt32 = 0
    /// Messages that the sending end may still send.
    var credit = 0
    /// Messages that came and are not settled.
    var unsettled = 0
    var partial: Partial?
    /// Answers that wait for credit.
    var answers: Deque<ByteBuffer> = []
}
