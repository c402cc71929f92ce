internal import NIOCore

extension ConsumerGroup {
    /// SyncGroup. The request's answer is among the actions, now or of a later call.
    ///
    /// - Parameters:
    ///   - request: its number.
    ///   - sync: its fields; the coordinator has checked the bytes.
    ///   - now: the time.
    /// - Returns: what to do.
    package mutating func sync(_ request: GroupRequestID, _ sync: GroupSync, at now: Duration) -> [GroupAction] {
        let error = self.check(sync.identity)
        guard error == .noError, var member = self.members[sync.identity.memberID] else {
            self.actions.append(.answerSync(request, .refused(error)))
            return self.takeActions()
        }
        switch self.phase {
        case .empty:
            self.actions.append(.answerSync(request, .refused(.unknownMemberID)))
        case .preparingRebalance:
            self.actions.append(.answerSync(request, .refused(.rebalanceInProgress)))
        case .completingRebalance(let deadline):
            if let older = member.sync { self.actions.append(.answerSync(older, .refused(.rebalanceInProgress))) }
            member.sync = request
            self.members[member.id] = member
            if member.id == self.leaderID { self.share(sync.assignments, syncDeadline: deadline, at: now) }
        case .stable:
            member.hasSynced = true
            member.heard(at: now)
            self.members[member.id] = member
            self.noteWake(member.deadline)
            self.actions.append(.answerSync(request, .assigned(member.assignment)))
        }
        return self.takeActions()
    }

    private mutating func share(_ assignments: [GroupSync.Assignment], syncDeadline: Duration, at now: Duration) {
        let shares = Dictionary(assignments.map { ($0.memberID, $0.bytes) }) { _, last in last }
        for var member in self.membersInOrder {
            member.assignment = shares[member.id] ?? ByteBuffer()
            self.bytes += member.assignment.readableBytes
            if let request = member.sync {
                self.actions.append(.answerSync(request, .assigned(member.assignment)))
                member.sync = nil
                member.hasSynced = true
                member.heard(at: now)
            }
            self.members[member.id] = member
        }
        let isComplete = self.members.values.allSatisfy(\.hasSynced)
        self.phase = .stable(syncDeadline: isComplete ? nil : syncDeadline)
        self.noteWakeOfAll(at: now)
    }
}
