import KafkaProtocol
import NIOCore

/// Members of groups: asked at the groups' loop, answered from there. Contract kafka §8.
extension KafkaConnection {
    func joinGroup(_ request: JoinGroupRequest, clientID: String, _ handle: RequestHandle) {
        if let error = self.refusal(of: .use) {
            return self.answer(handle, JoinGroupAnswer(error: error, memberID: request.memberID))
        }
        var random = SystemRandomNumberGenerator()
        let join = GroupJoin(
            group: request.group,
            memberID: request.memberID,
            instanceID: request.instanceID,
            freshMemberID: GroupMemberID.make(clientID: clientID, using: &random),
            isMemberIDRequired: handle.version >= 4,
            clientID: clientID,
            clientHost: "/\(self.remoteHost)",
            sessionTimeoutMilliseconds: request.sessionTimeoutMilliseconds,
            rebalanceTimeoutMilliseconds: request.rebalanceTimeoutMilliseconds,
            protocolType: request.protocolType,
            protocols: request.protocols.map { GroupProtocolOffer(name: $0.name, metadata: $0.metadata) }
        )
        let number = self.endpoint.groups.makeRequest()
        self.groupRequest = number
        let later = self.later
        self.endpoint.groups.ask { desk in
            desk.join(number, join) { outcome in
                later { connection in
                    connection.groupRequest = nil
                    connection.answer(handle, JoinGroupAnswer(outcome))
                }
            }
        }
    }

    func syncGroup(_ request: SyncGroupRequest, _ handle: RequestHandle) {
        if let error = self.refusal(of: .use) {
            return self.answer(handle, SyncGroupAnswer(error: error))
        }
        let sync = GroupSync(
            identity: GroupIdentity(
                group: request.group,
                generation: request.generation,
                memberID: request.memberID,
                instanceID: request.instanceID
            ),
            assignments: request.assignments.map { GroupSync.Assignment(memberID: $0.memberID, bytes: $0.assignment) }
        )
        let number = self.endpoint.groups.makeRequest()
        self.groupRequest = number
        let later = self.later
        self.endpoint.groups.ask { desk in
            desk.sync(number, sync) { outcome in
                later { connection in
                    connection.groupRequest = nil
                    connection.answer(handle, SyncGroupAnswer(outcome))
                }
            }
        }
    }

    func heartbeat(_ request: HeartbeatRequest, _ handle: RequestHandle) {
        if let error = self.refusal(of: .use) { return self.answer(handle, HeartbeatAnswer(error: error)) }
        let identity = GroupIdentity(
            group: request.group,
            generation: request.generation,
            memberID: request.memberID,
            instanceID: request.instanceID
        )
        let later = self.later
        self.endpoint.groups.ask { desk in
            let error = desk.heartbeat(identity)
            later { $0.answer(handle, HeartbeatAnswer(error: error)) }
        }
    }

    func leaveGroup(_ request: LeaveGroupRequest, _ handle: RequestHandle) {
        if let error = self.refusal(of: .use) {
            return self.answer(handle, LeaveGroupAnswer(error: error, members: []))
        }
        let members = request.members.map { GroupLeave.Member(memberID: $0.memberID, instanceID: $0.instanceID) }
        let later = self.later
        self.endpoint.groups.ask { desk in
            let outcome = desk.leave(request.group, members)
            let answers = zip(members, outcome.members).map { member, error in
                LeaveGroupAnswer.Member(memberID: member.memberID, instanceID: member.instanceID, error: error)
            }
            later { $0.answer(handle, LeaveGroupAnswer(error: outcome.error, members: answers)) }
        }
    }
}

extension JoinGroupAnswer {
    /// The answer for what the coordinator decided.
    init(_ outcome: GroupJoinOutcome) {
        switch outcome {
        case .refused(let error, let memberID): self.init(error: error, memberID: memberID)
        case .joined(let place):
            self.init(
                error: .noError,
                generation: place.generation,
                protocolName: place.protocolName,
                leader: place.leaderID,
                memberID: place.memberID,
                members: place.members.map {
                    Member(memberID: $0.memberID, instanceID: $0.instanceID, metadata: $0.metadata)
                }
            )
        }
    }
}

extension SyncGroupAnswer {
    /// The answer for what the coordinator decided.
    init(_ outcome: GroupSyncOutcome) {
        switch outcome {
        case .refused(let error): self.init(error: error)
        case .assigned(let bytes): self.init(error: .noError, assignment: bytes)
        }
    }
}
