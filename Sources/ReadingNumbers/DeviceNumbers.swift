/// The numbers of a device that is sending: what is synced, and what is staged and may still be lost.
///
/// Pure: the caller stages and drops messages as ``judge(_:)`` says, and reports what became of those it staged. It is the
/// only one who stages for the device meanwhile.
package struct DeviceNumbers: Sendable {
    /// What to do with a message.
    package enum Judgement: Equatable, Sendable {
        /// Store it; ``commit(_:atMinute:)`` or ``fail(_:unsettled:)`` follows.
        case new
        /// All of it is in the log: drop and acknowledge it.
        case repeated
        /// All of it is on its way into the log: drop it, and acknowledge it when all that is staged by now is synced.
        case repeatedUnsynced
    }

    private var synced: ReceivedRanges
    /// Holds everything staged, and perhaps what was synced since.
    private var staged = ReceivedRanges()
    /// Messages whose fate is open.
    package private(set) var unsettled = 0

    /// A device of which these numbers are synced.
    package init(synced: ReceivedRanges) {
        self.synced = synced
    }

    /// Decides about a message that holds these readings. One that is contained only in part is stored: a repeat has the
    /// boundaries of its original.
    package mutating func judge(_ span: ReadingSpan) -> Judgement {
        if self.synced.contains(span) { return .repeated }
        if self.unsettled > 0, self.staged.contains(span) { return .repeatedUnsynced }
        var effects = NumberEffects()
        if self.unsettled == 0 { self.staged = ReceivedRanges() }
        self.staged.insert(span, atMinute: 0, effects: &effects)
        self.unsettled += 1
        return .new
    }

    /// A message without numbers of its own was staged, which must be settled like others.
    package mutating func stageUnnumbered() {
        self.unsettled += 1
    }

    /// A staged message is synced.
    package mutating func commit(_ span: ReadingSpan?, atMinute minute: UInt32) {
        self.unsettled -= 1
        guard let span else { return }
        var effects = NumberEffects()
        self.synced.insert(span, atMinute: minute, effects: &effects)
    }

    /// Staged messages are lost with their log, or nobody knows: their numbers count as never received.
    ///
    /// - Parameters:
    ///   - count: messages lost.
    ///   - unsettled: the readings of those whose fate is still open.
    package mutating func fail(_ count: Int, unsettled: some Sequence<ReadingSpan>) {
        self.unsettled -= count
        self.staged = ReceivedRanges()
        var effects = NumberEffects()
        for span in unsettled { self.staged.insert(span, atMinute: 0, effects: &effects) }
    }
}
