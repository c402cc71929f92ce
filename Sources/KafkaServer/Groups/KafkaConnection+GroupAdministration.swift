import KafkaProtocol
import NIOCore

/// What people and their tools ask about groups. Contract kafka §8.
extension KafkaConnection {
    func describeGroups(_ request: DescribeGroupsRequest, _ handle: RequestHandle) {
        if let error = self.refusal(of: .describe) {
            let groups = request.groups.map { DescribeGroupsAnswer.Group(error: error, group: $0) }
            return self.answer(handle, DescribeGroupsAnswer(groups: groups))
        }
        let names = request.groups.distinct { $0 }
        let later = self.later
        self.endpoint.groups.ask { desk in
            let groups = names.map { DescribeGroupsAnswer.Group(desk.describe($0)) }
            later { $0.answer(handle, DescribeGroupsAnswer(groups: groups)) }
        }
    }

    func listGroups(_ handle: RequestHandle) {
        if let error = self.refusal(of: .describe) {
            return self.answer(handle, ListGroupsAnswer(error: error, groups: []))
        }
        let later = self.later
        self.endpoint.groups.ask { desk in
            let groups = desk.list().map { ListGroupsAnswer.Group(group: $0.group, protocolType: $0.protocolType) }
            later { $0.answer(handle, ListGroupsAnswer(groups: groups)) }
        }
    }

    func deleteGroups(_ request: DeleteGroupsRequest, _ handle: RequestHandle) {
        if let error = self.refusal(of: .delete) {
            let groups = request.groups.map { DeleteGroupsAnswer.Group(group: $0, error: error) }
            return self.answer(handle, DeleteGroupsAnswer(groups: groups))
        }
        let later = self.later
        self.endpoint.groups.ask { desk in
            let deletions = GroupDeletions(request.groups) { answer in
                later { $0.answer(handle, answer) }
            }
            for (index, group) in request.groups.enumerated() {
                desk.delete(group) { deletions.finish(index, $0) }
            }
            deletions.answerIfNone()
        }
    }
}

/// The groups of one DeleteGroups: answered together, when the last is durably gone. Confined to the groups' loop.
private final class GroupDeletions {
    private var answer: DeleteGroupsAnswer
    private var left: Int
    private let send: (DeleteGroupsAnswer) -> Void

    init(_ groups: [String], send: @escaping (DeleteGroupsAnswer) -> Void) {
        self.answer = DeleteGroupsAnswer(
            groups: groups.map { DeleteGroupsAnswer.Group(group: $0, error: .unknownServerError) }
        )
        self.left = groups.count
        self.send = send
    }

    func finish(_ index: Int, _ error: KafkaError) {
        self.answer.groups[index].error = error
        self.left -= 1
        if self.left == 0 { self.send(self.answer) }
    }

    func answerIfNone() {
        if self.answer.groups.isEmpty { self.send(self.answer) }
    }
}

extension DescribeGroupsAnswer.Group {
    /// A group as the coordinator describes it.
    init(_ description: GroupDescription) {
        self.init(
            error: .noError,
            group: description.group,
            state: description.state,
            protocolType: description.protocolType,
            protocolName: description.protocolName,
            members: description.members.map { member in
                DescribeGroupsAnswer.Member(
                    memberID: member.memberID,
                    instanceID: member.instanceID,
                    clientID: member.clientID,
                    clientHost: member.clientHost,
                    metadata: member.metadata,
                    assignment: member.assignment
                )
            }
        )
    }
}
