package import MQTTCodec

/// A topic alias that means nothing.
package struct AliasFault: Error, Equatable, Sendable {
    /// What DISCONNECT says.
    package let reason: ReasonCode

    /// A fault with the reason of its DISCONNECT.
    package init(reason: ReasonCode) {
        self.reason = reason
    }
}
