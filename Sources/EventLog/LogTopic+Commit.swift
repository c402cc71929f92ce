internal import Logging
internal import Synchronization

extension LogTopic {
    /// The writer thread: takes what gathered, writes and syncs it, tells everyone; ends when closing or fenced.
    func runWriter() {
        defer { self.finishProducing() }
        while let cycle = self.nextCycle() {
            do throws(LogFileError) {
                let end = try self.segments.write(cycle, catalog: self.catalog)
                self.announce(cycle, end: end)
            } catch {
                self.fence(error, writing: cycle)
                return
            }
        }
    }

    /// Waits for records; `nil` when the log closes and nothing is left.
    private func nextCycle() -> CommitCycle? {
        while true {
            let (cycle, isDone) = self.state.withLock { state -> (CommitCycle?, Bool) in
                if state.gathering.isEmpty, !state.isRollAsked {
                    state.isWriterWaiting = !state.isClosing
                    return (nil, state.isClosing)
                }
                guard let spare = state.spare else { preconditionFailure("the writer gave the other cycle back") }
                let cycle = state.gathering
                state.gathering = spare
                state.spare = nil
                state.isRollAsked = false
                return (cycle, false)
            }
            if isDone || cycle != nil { return cycle }
            self.wake.wait()
        }
    }

    /// Makes a synced cycle visible, and then acknowledges it.
    private func announce(_ cycle: CommitCycle, end: LogPosition) {
        self.pendingBytes.subtract(cycle.recordBytes, ordering: .relaxed)
        let produced = cycle.produced
        let now = self.clock()
        let (waiters, heldBack, answers) = self.state.withLock { state in
            for batch in cycle.batches { state.syncedOffsets[batch.partition] = batch.nextOffset }
            state.syncedEnd = end
            state.commitCount += cycle.isEmpty ? 0 : 1
            for (registration, ticket) in cycle.appenders { registration.syncedTicket = ticket }
            var answers = state.produce.commit(produced, serial: cycle.serial, stamp: cycle.stamp)
            answers += self.takeHeld(at: now, in: &state)
            return (state.takeWaiters { $0.position < end }, state.takeHeldBack(), answers)
        }
        for (registration, ticket) in cycle.appenders {
            registration.onCommit(CommitNotice(ticket: ticket, outcome: .synced))
        }
        for (registration, ticket) in heldBack {
            registration.onCommit(CommitNotice(ticket: ticket, outcome: .synced))
        }
        for answer in answers { answer.send() }
        for waiter in waiters { waiter.resume() }
        self.commitObservers.tell()
        cycle.reset()
        let hasRolled = self.state.withLock { state in
            state.spare = cycle
            return state.produce.needsSnapshot(in: end.segment)
        }
        if hasRolled { self.writeProducers(at: end) }
    }

    /// Ends all writing after a failed write or sync: nothing of `cycle`, and nothing behind it, is acknowledged or
    /// tried again. Linux may have dropped the pages and would report success the next time.
    private func fence(_ error: LogFileError, writing cycle: CommitCycle) {
        let reason = FenceReason(message: "\(error)", isDiskFull: error.isDiskFull)
        let (registrations, waiters, answers) = self.state.withLock { state in
            state.status = .fenced(reason: reason.message)
            state.fenceReason = reason
            let heldBack = state.takeHeldBack()
            let failed =
                cycle.appenders.map(\.registration) + state.gathering.appenders.map(\.registration)
                + heldBack.map(\.registration)
            state.gathering.reset()
            // Each once, with the last ticket it was given.
            var seen: Set<ObjectIdentifier> = []
            let once = failed.filter { seen.insert(ObjectIdentifier($0)).inserted }
            let answers = state.produce.fail(.fenced(reason: reason.message))
            return (once.map { ($0, $0.ticket) }, state.takeWaiters { _ in true }, answers)
        }
        self.logger.critical(
            "topic fenced: a write failed, nothing is acknowledged until it is reopened",
            metadata: ["topic": "\(self.name)", "reason": "\(reason)"]
        )
        self.onFence(self, reason)
        for (registration, ticket) in registrations {
            registration.onCommit(CommitNotice(ticket: ticket, outcome: .failed(reason: reason.message)))
        }
        for answer in answers { answer.send() }
        for waiter in waiters { waiter.resume() }
        self.commitObservers.tell()
    }
}

extension LogTopic.State {
    /// Removes and returns the waiters that fulfil `condition`.
    mutating func takeWaiters(where condition: (RecordWaiter) -> Bool) -> [RecordWaiter] {
        if self.waiters.isEmpty { return [] }
        let taken = self.waiters.filter { condition($0.value) }
        for id in taken.keys { self.waiters[id] = nil }
        return Array(taken.values)
    }

    /// Removes and returns the appenders that were refused for want of room, each with its last synced ticket.
    mutating func takeHeldBack() -> [(registration: AppenderRegistration, ticket: UInt64)] {
        defer { self.heldBack.removeAll() }
        return self.heldBack.map { registration in
            registration.isHeldBack = false
            return (registration, registration.syncedTicket)
        }
    }
}
