package import TelemetryModel

/// What a device did with a message that was delivered to it.
package struct MessageSettlement: Equatable, Sendable {
    /// What it did.
    package enum Kind: Equatable, Sendable {
        /// Took it.
        case complete
        /// Refused it.
        case reject
        /// Gave it back: it stays in its place, and counts one delivery more.
        case abandon
    }

    /// Of the message.
    package var number: Int64
    /// What the device did.
    package var kind: Kind
    /// When.
    package var at: Timestamp

    /// What was done with the message of this number.
    package init(_ kind: Kind, of number: Int64, at: Timestamp) {
        self.number = number
        self.kind = kind
        self.at = at
    }
}
