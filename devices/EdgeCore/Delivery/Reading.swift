/// What is numbered, kept and sent: one JSON object without its time.
package struct Reading: Equatable, Sendable {
    /// What a message of it is about. Readings of different kinds never share a message.
    package enum Kind: UInt8, Sendable, CaseIterable {
        /// What sensors measured.
        case sample = 0
        /// The agent's own state; the message has `weir-type=health`.
        case health = 1
        /// Something that happened, such as a step of the clock; the message has `weir-type=event`.
        case event = 2
    }

    package var kind: Kind
    /// When it was measured.
    package var instant: BootInstant
    /// The object's members after its time, beginning with a comma and ending with the brace:
    /// `,"temperature":21.42,"humidity":48.10}`.
    package var body: [UInt8]

    package init(kind: Kind = .sample, instant: BootInstant, body: [UInt8]) {
        self.kind = kind
        self.instant = instant
        self.body = body
    }
}
