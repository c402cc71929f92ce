package import MQTTCodec

/// How an accepted connection ended.
package struct ConnectionEnd: Equatable, Sendable {
    package var reason: CloseReason
    /// What a DISCONNECT said, the client's or the server's; `nil` without one.
    package var reasonCode: ReasonCode?
    /// Messages for this client that were dropped while it was connected: it read too slowly, or refused their size.
    package var droppedMessages: Int

    /// An end.
    package init(reason: CloseReason, reasonCode: ReasonCode? = nil, droppedMessages: Int = 0) {
        self.reason = reason
        self.reasonCode = reasonCode
        self.droppedMessages = droppedMessages
    }
}
