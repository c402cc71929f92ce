internal import NIOCore

extension ConsumerGroup {
    /// JoinGroup. The request's answer is among the actions, now or of a later call.
    ///
    /// - Parameters:
    ///   - request: its number.
    ///   - join: its fields; the coordinator has checked limits and the session timeout.
    ///   - now: the time.
    /// - Returns: what to do.
    package mutating func join(_ request: GroupRequestID, _ join: GroupJoin, at now: Duration) -> [GroupAction] {
        if join.memberID.isEmpty {
            self.joinNew(request, join, at: now)
        } else {
            self.rejoin(request, join, at: now)
        }
        return self.takeActions()
    }

    private mutating func joinNew(_ request: GroupRequestID, _ join: GroupJoin, at now: Duration) {
        if let instanceID = join.instanceID, let replacedID = self.instances[instanceID] {
            self.replace(replacedID, request, join, at: now)
            return
        }
        guard self.canShare(join, besides: nil) else {
            self.refuse(request, .inconsistentGroupProtocol, join)
            return
        }
        guard self.members.count + self.announcedIDs.count < self.membersMax else {
            self.refuse(request, .groupMaxSizeReached, join)
            return
        }
        if join.isMemberIDRequired, join.instanceID == nil {
            let forgotten = now + .milliseconds(join.sessionTimeoutMilliseconds)
            self.announcedIDs[join.freshMemberID] = forgotten
            self.noteWake(forgotten)
            self.actions.append(
                .answerJoin(request, .refused(.memberIDRequired, memberID: join.freshMemberID))
            )
        } else {
            self.add(join.freshMemberID, isIDKnown: false, request, join, at: now)
        }
    }

    private mutating func rejoin(_ request: GroupRequestID, _ join: GroupJoin, at now: Duration) {
        if join.instanceID == nil, self.announcedIDs[join.memberID] != nil {
            guard self.canShare(join, besides: nil) else {
                self.refuse(request, .inconsistentGroupProtocol, join)
                return
            }
            self.announcedIDs[join.memberID] = nil
            self.add(join.memberID, isIDKnown: true, request, join, at: now)
            return
        }
        let error = self.check(memberID: join.memberID, instanceID: join.instanceID)
        guard error == .noError, var member = self.members[join.memberID] else {
            self.refuse(request, error, join)
            return
        }
        guard self.canShare(join, besides: member) else {
            self.refuse(request, .inconsistentGroupProtocol, join)
            return
        }
        let isChanged = member.offers != join.protocols
        let mustRebalance =
            switch self.phase {
            case .empty, .preparingRebalance: true
            // The same again: its answer was lost on the way.
            case .completingRebalance: isChanged
            // A leader that joins again wants to share out anew.
            case .stable: isChanged || member.id == self.leaderID
            }
        member.isIDKnown = true
        member.heard(at: now)
        self.store(member, updatedBy: join)
        if mustRebalance {
            self.prepareRebalance(at: now)
            self.wait(join.memberID, request)
            self.completeJoinIfReady(at: now)
        } else {
            self.noteWake(member.deadline)
            self.answerWithPlace(request, memberID: join.memberID)
        }
    }

    /// A static member's instance came back without its id: a new id in the old one's place. KIP-345.
    private mutating func replace(
        _ replacedID: String,
        _ request: GroupRequestID,
        _ join: GroupJoin,
        at now: Duration
    ) {
        guard var member = self.members[replacedID], self.canShare(join, besides: member) else {
            self.refuse(request, .inconsistentGroupProtocol, join)
            return
        }
        let leaderBefore = self.leaderID
        self.members[replacedID] = nil
        self.answerPending(of: member, with: .fencedInstanceID)
        member.join = nil
        member.sync = nil
        member.id = join.freshMemberID
        member.isIDKnown = true
        self.members[member.id] = member
        if let instanceID = member.instanceID { self.instances[instanceID] = member.id }
        if leaderBefore == replacedID { self.leaderID = member.id }
        member.heard(at: now)
        self.store(member, updatedBy: join)
        switch self.phase {
        case .stable where self.chooseProtocol() == self.protocolName:
            // Under the old leader's id, so that a new process of the leader does not share out alone.
            let place = GroupJoinOutcome.Place(
                generation: self.generation,
                protocolName: self.protocolName,
                leaderID: leaderBefore ?? "",
                memberID: member.id,
                members: []
            )
            self.noteWake(member.deadline)
            self.actions.append(.answerJoin(request, .joined(place)))
        case .empty, .preparingRebalance, .completingRebalance, .stable:
            self.prepareRebalance(at: now)
            self.wait(member.id, request)
            self.completeJoinIfReady(at: now)
        }
    }

    private mutating func add(
        _ memberID: String,
        isIDKnown: Bool,
        _ request: GroupRequestID,
        _ join: GroupJoin,
        at now: Duration
    ) {
        let member = GroupMember(
            id: memberID,
            instanceID: join.instanceID,
            order: self.orderNext,
            clientID: join.clientID,
            clientHost: join.clientHost,
            sessionTimeout: .milliseconds(join.sessionTimeoutMilliseconds),
            rebalanceTimeout: join.rebalanceTimeout,
            offers: [],
            isIDKnown: isIDKnown,
            deadline: now + .milliseconds(join.sessionTimeoutMilliseconds)
        )
        self.orderNext += 1
        if self.members.isEmpty { self.protocolType = join.protocolType }
        if let instanceID = join.instanceID { self.instances[instanceID] = memberID }
        self.members[memberID] = member
        self.store(member, updatedBy: join)
        self.prepareRebalance(at: now)
        self.wait(memberID, request)
        self.completeJoinIfReady(at: now)
    }

    /// Keeps a member with what `join` says of it, and the sums over members right.
    private mutating func store(_ member: GroupMember, updatedBy join: GroupJoin) {
        var member = member
        self.count(member.offers, by: -1)
        member.update(join)
        self.count(member.offers, by: 1)
        self.members[member.id] = member
        if self.members.count == 1 { self.protocolType = join.protocolType }
    }

    /// Lets a JoinGroup wait for the end of the join phase; an older one of the member is given up by its client.
    private mutating func wait(_ memberID: String, _ request: GroupRequestID) {
        guard var member = self.members[memberID] else { return }
        if let older = member.join {
            self.actions.append(.answerJoin(older, .refused(.rebalanceInProgress, memberID: memberID)))
        }
        member.join = request
        self.members[memberID] = member
    }

    private mutating func refuse(_ request: GroupRequestID, _ error: KafkaError, _ join: GroupJoin) {
        self.actions.append(.answerJoin(request, .refused(error, memberID: join.memberID)))
    }

    /// Whether the members without `member` could share a protocol with who joins.
    private func canShare(_ join: GroupJoin, besides member: GroupMember?) -> Bool {
        let others = self.members.count - (member == nil ? 0 : 1)
        guard others > 0 else { return true }
        guard join.protocolType == self.protocolType else { return false }
        let own = Set(member?.offers.map(\.name) ?? [])
        return join.protocols.contains { offer in
            (self.offerCounts[offer.name] ?? 0) - (own.contains(offer.name) ? 1 : 0) == others
        }
    }
}
