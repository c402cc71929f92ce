internal import NIOCore

extension GroupCoordinator {
    /// JoinGroup.
    ///
    /// - Parameters:
    ///   - request: its number; it is answered by an action of this call or of a later one.
    ///   - join: its fields.
    ///   - now: the time.
    /// - Returns: what to do.
    package mutating func join(_ request: GroupRequestID, _ join: GroupJoin, at now: GroupTime) -> [GroupAction] {
        var join = join
        join.clientID = String(join.clientID.prefix(utf8BytesMax: self.limits.nameBytesMax))
        let error = self.check(join)
        guard error == .noError else { return [.answerJoin(request, .refused(error, memberID: join.memberID))] }
        guard join.memberID.isEmpty || self.entries[join.group] != nil else {
            return [.answerJoin(request, .refused(.unknownMemberID, memberID: join.memberID))]
        }
        guard let actions = self.open(join.group, at: now) else {
            return [.answerJoin(request, .refused(.policyViolation, memberID: join.memberID))]
        }
        return actions + self.change(join.group, at: now) { $0.join(request, join, at: now.uptime) }
    }

    /// What is wrong with a JoinGroup whatever its group's state is.
    private func check(_ join: GroupJoin) -> KafkaError {
        guard self.isName(join.group) else { return .invalidGroupID }
        guard self.limits.sessionTimeoutMilliseconds.contains(join.sessionTimeoutMilliseconds) else {
            return .invalidSessionTimeout
        }
        guard self.isName(join.protocolType), !join.protocols.isEmpty,
            Set(join.protocols.map(\.name)).count == join.protocols.count
        else { return .inconsistentGroupProtocol }
        let bytes = GroupMember.bytes(of: join.protocols)
        guard join.protocols.count <= self.limits.protocolsPerMemberMax, bytes <= self.limits.memberMetadataBytesMax,
            join.instanceID.map(self.isName) ?? true
        else { return .invalidRequest }
        let group = self.entries[join.group]?.group
        let kept = group?.offerBytes(memberID: join.memberID, instanceID: join.instanceID) ?? 0
        guard (group?.bytes ?? 0) - kept + bytes <= self.limits.groupMetadataBytesMax,
            self.metadataBytes - kept + bytes <= self.limits.metadataBytesMax
        else { return .groupMaxSizeReached }
        return .noError
    }

    /// SyncGroup.
    ///
    /// - Parameters:
    ///   - request: its number; it is answered by an action of this call or of a later one.
    ///   - sync: its fields.
    ///   - now: the time.
    /// - Returns: what to do.
    package mutating func sync(_ request: GroupRequestID, _ sync: GroupSync, at now: GroupTime) -> [GroupAction] {
        let id = sync.identity.group
        let bytes = sync.assignments.reduce(0) { $0 + $1.bytes.readableBytes }
        guard let error = self.refusal(of: id, bytes: bytes) else {
            return self.change(id, at: now) { $0.sync(request, sync, at: now.uptime) }
        }
        return [.answerSync(request, .refused(error))]
    }

    private func refusal(of id: String, bytes: Int) -> KafkaError? {
        guard self.isName(id) else { return .invalidGroupID }
        guard let group = self.entries[id]?.group else { return .unknownMemberID }
        guard bytes > 0 else { return nil }
        let hasRoom =
            group.bytes + bytes <= 2 * self.limits.groupMetadataBytesMax
            && self.metadataBytes + bytes <= 2 * self.limits.metadataBytesMax
        return hasRoom ? nil : .invalidRequest
    }

    /// Heartbeat.
    ///
    /// - Parameters:
    ///   - identity: who is alive.
    ///   - now: the time.
    /// - Returns: the answer.
    package mutating func heartbeat(_ identity: GroupIdentity, at now: GroupTime) -> KafkaError {
        guard self.isName(identity.group) else { return .invalidGroupID }
        return self.entries[identity.group]?.group.heartbeat(identity, at: now.uptime) ?? .unknownMemberID
    }

    /// LeaveGroup.
    ///
    /// - Parameters:
    ///   - group: the group.
    ///   - members: who leaves.
    ///   - now: the time.
    /// - Returns: the answers and what to do.
    package mutating func leave(
        _ group: String,
        _ members: [GroupLeave.Member],
        at now: GroupTime
    ) -> GroupLeave.Outcome {
        guard self.isName(group) else {
            return GroupLeave.Outcome(
                error: .invalidGroupID,
                members: members.map { _ in .invalidGroupID },
                actions: []
            )
        }
        var errors = members.map { _ in KafkaError.unknownMemberID }
        let actions = self.change(group, at: now) { group in
            let result = group.leave(members, at: now.uptime)
            errors = result.errors
            return result.actions
        }
        return GroupLeave.Outcome(error: .noError, members: errors, actions: actions)
    }

    /// The connection of an unanswered JoinGroup or SyncGroup has closed: it is not answered any more.
    ///
    /// - Parameters:
    ///   - request: its number.
    ///   - group: its group.
    ///   - now: the time.
    /// - Returns: what to do.
    package mutating func abandon(_ request: GroupRequestID, of group: String, at now: GroupTime) -> [GroupAction] {
        self.change(group, at: now) { $0.abandon(request, at: now.uptime) }
    }
}

extension ConsumerGroup {
    /// Bytes of the offers that a JoinGroup under these names would replace.
    func offerBytes(memberID: String, instanceID: String?) -> Int {
        let id = memberID.isEmpty ? instanceID.flatMap { self.instances[$0] } ?? "" : memberID
        return self.members[id].map { GroupMember.bytes(of: $0.offers) } ?? 0
    }
}
