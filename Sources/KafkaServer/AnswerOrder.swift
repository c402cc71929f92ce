import DequeModule

/// In which order one connection's requests begin and their answers leave.
///
/// - Answers leave in the order of their requests. Contract kafka §1.
/// - Several Produce requests may be in work together; any other begins when nothing is in work, and nothing begins
///   while it is: a client that sends ahead sees what it would see if it waited.
///
/// Pure; confined to its connection's loop.
struct AnswerOrder<Answer> {
    /// A request in work.
    struct Ticket: Hashable, Sendable {
        var number: UInt64
    }

    private struct Slot {
        var answer: Answer?
    }

    /// Requests in work that are not answered yet, or whose answer waits for an earlier one.
    private var slots: Deque<Slot> = []
    private var numberFirst: UInt64 = 0
    private var isExclusive = false
    /// Most requests in work.
    let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Requests in work.
    var count: Int { self.slots.count }

    /// Whether a request may begin that may be in work beside others of its kind, or may not.
    func mayBegin(isShared: Bool) -> Bool {
        if self.slots.isEmpty { return true }
        return isShared && !self.isExclusive && self.slots.count < self.limit
    }

    /// A request begins; ask ``mayBegin(isShared:)`` before.
    mutating func begin(isShared: Bool) -> Ticket {
        precondition(self.mayBegin(isShared: isShared), "a request begins before its turn")
        self.isExclusive = !isShared
        self.slots.append(Slot())
        return Ticket(number: self.numberFirst + UInt64(self.slots.count) - 1)
    }

    /// A request's answer is there; returns those that may leave now, in order.
    mutating func complete(_ ticket: Ticket, with answer: Answer) -> [Answer] {
        guard ticket.number >= self.numberFirst, ticket.number - self.numberFirst < UInt64(self.slots.count) else {
            return []
        }
        let index = Int(ticket.number - self.numberFirst)
        guard case .none = self.slots[index].answer else { return [] }
        self.slots[index].answer = answer
        var leaving: [Answer] = []
        while let answer = self.slots.first?.answer {
            self.slots.removeFirst()
            self.numberFirst += 1
            leaving.append(answer)
        }
        if self.slots.isEmpty { self.isExclusive = false }
        return leaving
    }
}
