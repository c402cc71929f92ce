/// What a topic knows of an appender.
final class AppenderRegistration: @unchecked Sendable {  // because the variables are used only under the topic's lock
    let onCommit: @Sendable (CommitNotice) -> Void
    /// Of the last accepted submit; 0 before the first.
    var ticket: UInt64 = 0
    /// Of the first record of the last accepted submit, in the topic's first partition. Its own appender reads it.
    var firstOffset: Int64 = 0
    /// The last ticket that is synced.
    var syncedTicket: UInt64 = 0
    /// Whether a submit was refused for want of room and a notice is owed.
    var isHeldBack = false
    /// The last cycle it joined, and its place there.
    var cycleSerial: UInt64 = 0
    var cycleSlot = 0

    init(onCommit: @escaping @Sendable (CommitNotice) -> Void) {
        self.onCommit = onCommit
    }
}
