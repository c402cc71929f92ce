extension ConsumerGroup {
    /// Heartbeat.
    ///
    /// - Parameters:
    ///   - identity: who is alive.
    ///   - now: the time.
    /// - Returns: the answer; ``KafkaError/rebalanceInProgress`` while members are asked to join.
    package mutating func heartbeat(_ identity: GroupIdentity, at now: Duration) -> KafkaError {
        let error = self.check(identity)
        guard error == .noError else { return error }
        self.members[identity.memberID]?.heard(at: now)
        switch self.phase {
        case .empty: return .unknownMemberID
        case .preparingRebalance: return .rebalanceInProgress
        case .completingRebalance, .stable: return .noError
        }
    }

    /// Whether an OffsetCommit may be stored: from a member of this generation, which it shows to be alive, or from
    /// nobody (generation below 0, no member id) while the group is empty.
    package mutating func checkCommit(_ identity: GroupIdentity, at now: Duration) -> KafkaError {
        if identity.generation < 0, identity.memberID.isEmpty, identity.instanceID == nil, case .empty = self.phase {
            return .noError
        }
        let error = self.check(identity)
        guard error == .noError else { return error }
        switch self.phase {
        case .empty: return .unknownMemberID
        // What a member had was taken from it, and what it gets it does not know yet.
        case .completingRebalance: return .rebalanceInProgress
        case .preparingRebalance, .stable:
            self.members[identity.memberID]?.heard(at: now)
            return .noError
        }
    }

    /// LeaveGroup.
    ///
    /// - Parameters:
    ///   - leaving: who leaves.
    ///   - now: the time.
    /// - Returns: the answer of each, in the same order, and what to do.
    package mutating func leave(
        _ leaving: [GroupLeave.Member],
        at now: Duration
    ) -> (errors: [KafkaError], actions: [GroupAction]) {
        var hasLeft = false
        let errors = leaving.map { one -> KafkaError in
            if one.instanceID == nil, self.announcedIDs.removeValue(forKey: one.memberID) != nil { return .noError }
            let id: String
            if one.memberID.isEmpty, let instanceID = one.instanceID {
                id = self.instances[instanceID] ?? ""
            } else {
                id = one.memberID
            }
            let error = self.check(memberID: id, instanceID: one.instanceID)
            guard error == .noError, let member = self.members[id] else { return error }
            self.drop(member, answering: .unknownMemberID)
            hasLeft = true
            return .noError
        }
        if hasLeft { self.membersLeft(at: now) }
        return (errors, self.takeActions())
    }

    /// The connection of a pending JoinGroup or SyncGroup has closed: nobody waits for that answer, and none is given.
    ///
    /// The member has its session timeout to come back, or is dropped at once when its client never learned its id.
    ///
    /// - Parameters:
    ///   - request: the request's number; one that is not pending is passed over.
    ///   - now: the time.
    /// - Returns: what to do.
    package mutating func abandon(_ request: GroupRequestID, at now: Duration) -> [GroupAction] {
        guard var member = self.members.values.first(where: { $0.join == request || $0.sync == request }) else {
            return []
        }
        member.join = nil
        member.sync = nil
        member.heard(at: now)
        self.members[member.id] = member
        self.noteWake(member.deadline)
        if !member.isIDKnown {
            self.drop(member, answering: .unknownMemberID)
            self.membersLeft(at: now)
        }
        return self.takeActions()
    }

    /// Time has passed: sessions end, phases end.
    ///
    /// - Parameter now: the time; calling too early or too often does nothing.
    /// - Returns: what to do.
    package mutating func tick(at now: Duration) -> [GroupAction] {
        guard let wake = self.wake, wake <= now else { return [] }
        self.announcedIDs = self.announcedIDs.filter { $0.value > now }
        var hasLeft = false
        for member in self.membersInOrder where !member.isWaiting && member.deadline <= now {
            self.drop(member, answering: .unknownMemberID)
            hasLeft = true
        }
        switch self.phase {
        case .empty, .preparingRebalance, .stable(syncDeadline: nil): break
        case .completingRebalance(let deadline):
            guard deadline <= now else { break }
            for member in self.membersInOrder where member.sync == nil {
                self.drop(member, answering: .unknownMemberID)
                hasLeft = true
            }
        case .stable(.some(let deadline)):
            guard deadline <= now else { break }
            self.phase = .stable(syncDeadline: nil)
            for member in self.membersInOrder where !member.hasSynced {
                self.drop(member, answering: .unknownMemberID)
                hasLeft = true
            }
        }
        if hasLeft { self.membersLeft(at: now) }
        self.completeJoinIfReady(at: now)
        self.wake = nil
        self.noteWakeOfAll(at: now)
        return self.takeActions()
    }
}
