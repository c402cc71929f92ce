internal import NIOCore

extension ConsumerGroup {
    /// Begins a join phase, unless one is going on. Who waited for its assignment is told to join.
    mutating func prepareRebalance(at now: Duration) {
        let isFirst: Bool
        switch self.phase {
        case .preparingRebalance: return
        case .empty: isFirst = true
        case .completingRebalance, .stable: isFirst = false
        }
        for id in Array(self.members.keys) {
            guard var member = self.members[id] else { continue }
            if let request = member.sync {
                self.actions.append(.answerSync(request, .refused(.rebalanceInProgress)))
                member.sync = nil
                member.heard(at: now)
            }
            self.bytes -= member.assignment.readableBytes
            member.assignment = ByteBuffer()
            member.hasSynced = false
            self.members[id] = member
        }
        let earliest = isFirst ? now + self.initialDelay : now
        let deadline = max(now + self.rebalanceTimeout, earliest)
        self.phase = .preparingRebalance(earliest: earliest, deadline: deadline)
        self.noteWakeOfAll(at: now)
    }

    /// Ends the join phase when all have joined or its time is over.
    mutating func completeJoinIfReady(at now: Duration) {
        guard case .preparingRebalance(let earliest, let deadline) = self.phase else { return }
        if self.members.isEmpty {
            self.becomeEmpty()
        } else if now >= deadline {
            for member in self.membersInOrder where member.join == nil {
                self.drop(member, answering: .unknownMemberID)
            }
            if self.members.isEmpty { self.becomeEmpty() } else { self.completeJoin(at: now) }
        } else if now >= earliest, self.members.values.allSatisfy({ $0.join != nil }) {
            self.completeJoin(at: now)
        }
    }

    private mutating func completeJoin(at now: Duration) {
        self.generation = self.generation == .max ? 1 : self.generation + 1
        self.protocolName = self.chooseProtocol()
        let members = self.membersInOrder
        if self.leaderID.map({ self.members[$0] == nil }) ?? true { self.leaderID = members.first?.id }
        for var member in members {
            guard let request = member.join else { continue }
            member.join = nil
            member.isIDKnown = true
            member.heard(at: now)
            self.members[member.id] = member
            self.answerWithPlace(request, memberID: member.id)
        }
        self.phase = .completingRebalance(deadline: now + self.rebalanceTimeout)
        self.noteWakeOfAll(at: now)
    }

    /// Answers a JoinGroup with the generation as it is.
    mutating func answerWithPlace(_ request: GroupRequestID, memberID: String) {
        let members: [GroupJoinOutcome.Member]
        if memberID == self.leaderID {
            members = self.membersInOrder.map { member in
                GroupJoinOutcome.Member(
                    memberID: member.id,
                    instanceID: member.instanceID,
                    metadata: member.metadata(of: self.protocolName)
                )
            }
        } else {
            members = []
        }
        let place = GroupJoinOutcome.Place(
            generation: self.generation,
            protocolName: self.protocolName,
            leaderID: self.leaderID ?? "",
            memberID: memberID,
            members: members
        )
        self.actions.append(.answerJoin(request, .joined(place)))
    }

    private mutating func becomeEmpty() {
        self.generation = self.generation == .max ? 1 : self.generation + 1
        self.protocolName = ""
        self.leaderID = nil
        self.phase = .empty
    }

    /// The protocol all members offer that most of them like best; among equals, the one the first member likes better.
    func chooseProtocol() -> String {
        let members = self.membersInOrder
        var votes: [String: Int] = [:]
        for member in members {
            let best = member.offers.first { self.offerCounts[$0.name] == members.count }
            if let best { votes[best.name, default: 0] += 1 }
        }
        let most = votes.values.max()
        return members.first?.offers.first { votes[$0.name] == most && most != nil }?.name
            ?? votes.filter { $0.value == most }.keys.min() ?? ""
    }

    /// The members are fewer: a rebalance, or the end of the one that waited for them.
    mutating func membersLeft(at now: Duration) {
        self.prepareRebalance(at: now)
        self.completeJoinIfReady(at: now)
    }

    /// Removes a member; what it waited for is answered with `error`.
    mutating func drop(_ member: GroupMember, answering error: KafkaError) {
        self.answerPending(of: member, with: error)
        self.members[member.id] = nil
        self.count(member.offers, by: -1)
        self.bytes -= member.assignment.readableBytes
        if let instanceID = member.instanceID { self.instances[instanceID] = nil }
        if self.leaderID == member.id { self.leaderID = nil }
    }

    mutating func answerPending(of member: GroupMember, with error: KafkaError) {
        if let request = member.join {
            self.actions.append(.answerJoin(request, .refused(error, memberID: member.id)))
        }
        if let request = member.sync { self.actions.append(.answerSync(request, .refused(error))) }
    }

    /// Keeps ``bytes`` and ``offerCounts`` right when offers come (1) or go (-1).
    mutating func count(_ offers: [GroupProtocolOffer], by step: Int) {
        self.bytes += step * GroupMember.bytes(of: offers)
        for offer in offers {
            let count = (self.offerCounts[offer.name] ?? 0) + step
            self.offerCounts[offer.name] = count == 0 ? nil : count
        }
    }

    /// The longest of the members'.
    private var rebalanceTimeout: Duration {
        self.members.values.lazy.map(\.rebalanceTimeout).max() ?? .zero
    }

    /// Brings ``wake`` forward to the first deadline there is. Costs a walk over the members.
    mutating func noteWakeOfAll(at now: Duration) {
        switch self.phase {
        case .empty, .stable(syncDeadline: nil): break
        case .preparingRebalance(let earliest, let deadline):
            self.noteWake(earliest > now ? earliest : deadline)
        case .completingRebalance(let deadline), .stable(.some(let deadline)): self.noteWake(deadline)
        }
        for member in self.members.values where !member.isWaiting { self.noteWake(member.deadline) }
        for forgotten in self.announcedIDs.values { self.noteWake(forgotten) }
    }
}
