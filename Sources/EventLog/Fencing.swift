/// What is left to do when the lock is free again: who must hear that a topic takes nothing any more.
struct Fencing: Sendable {
    var reason: FenceReason
    /// Appenders with something unsynced or refused, each once, with the last ticket it was given.
    var appenders: [(registration: AppenderRegistration, ticket: UInt64)]
    var waiters: [RecordWaiter]
    var answers: [ProduceAnswer]
}

extension LogTopic.State {
    /// Fences the topic: nothing of `cycle`, and nothing behind it, is acknowledged or tried again.
    mutating func fence(_ reason: FenceReason, writing cycle: CommitCycle? = nil) -> Fencing {
        self.status = .fenced(reason: reason.message)
        self.fenceReason = reason
        let heldBack = self.takeHeldBack()
        let failed =
            (cycle?.appenders ?? []).map(\.registration) + self.gathering.appenders.map(\.registration)
            + heldBack.map(\.registration)
        self.gathering.reset()
        var seen: Set<ObjectIdentifier> = []
        let once = failed.filter { seen.insert(ObjectIdentifier($0)).inserted }
        return Fencing(
            reason: reason,
            appenders: once.map { ($0, $0.ticket) },
            waiters: self.takeWaiters { _ in true },
            answers: self.produce.fail(.fenced(reason: reason.message))
        )
    }
}
