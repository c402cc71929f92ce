/// What became of an appender's submits.
package struct CommitNotice: Equatable, Sendable {
    /// Synced or not.
    package enum Outcome: Equatable, Sendable {
        /// On the disk: acknowledge.
        case synced
        /// Never acknowledge: nobody knows what is on the disk.
        case failed(reason: String)
    }

    /// The notice holds for every accepted ticket up to this one that no earlier notice named.
    package var ticket: UInt64
    /// What became of them.
    package var outcome: Outcome

    /// A notice of these parts.
    package init(ticket: UInt64, outcome: Outcome) {
        self.ticket = ticket
        self.outcome = outcome
    }
}

/// What a topic says to a submit.
package enum SubmitResult: Equatable, Sendable {
    /// In the next commit cycle; a notice with this ticket or a later one follows.
    case accepted(ticket: UInt64)
    /// Nothing was taken, no notice follows.
    case refused(SubmitRefusal)
}

/// Why a topic takes nothing.
package enum SubmitRefusal: Equatable, Sendable {
    /// The bound on unsynced bytes is reached. The records stay staged: submit again after the next notice.
    case backedUp
    /// A write failed; the staged records were dropped.
    case fenced(reason: String)
    /// The disk is nearly full; the staged records were dropped. It goes on by itself when `neededBytes` are free.
    case diskNearlyFull(freeBytes: UInt64, neededBytes: UInt64)
    /// The log is closing, or the topic was deleted; the staged records were dropped.
    case closed
    /// A record is over the limit; the staged records were dropped.
    case recordTooLarge(bytes: Int, limit: Int)
}

/// Why a topic was fenced.
package struct FenceReason: Equatable, Sendable {
    /// The failed call and the system's reason.
    package var message: String
    /// Whether room on the disk is what was missing.
    package var isDiskFull: Bool

    /// A reason of these parts.
    package init(message: String, isDiskFull: Bool) {
        self.message = message
        self.isDiskFull = isDiskFull
    }
}

extension FenceReason: CustomStringConvertible {
    package var description: String { self.message }
}
