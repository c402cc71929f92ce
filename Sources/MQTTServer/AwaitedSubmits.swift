import EventLog

/// The submits to one log that an answer waits for: from the first to the last, all of them must be synced.
///
/// Notices come in the order of the tickets, and each is one for all up to its own.
struct AwaitedSubmits: Equatable {
    /// 0: none.
    private(set) var first: UInt64 = 0
    private(set) var last: UInt64 = 0

    var isEmpty: Bool { self.last == 0 }

    /// Waits for a submit, too, which may be an earlier one.
    mutating func add(_ ticket: UInt64) {
        self.first = self.isEmpty ? ticket : min(self.first, ticket)
        self.last = max(self.last, ticket)
    }

    /// A notice of the log; true when something of what is waited for is lost.
    mutating func note(_ notice: CommitNotice) -> Bool {
        guard !self.isEmpty, self.first <= notice.ticket else { return false }
        if self.last <= notice.ticket { self = AwaitedSubmits() } else { self.first = notice.ticket + 1 }
        if case .failed = notice.outcome { return true }
        return false
    }
}
