internal import NIOCore

extension GroupCoordinator {
    /// DescribeGroups of one group; one that is not there is `Dead`.
    package func describe(_ id: String) -> GroupDescription {
        self.entries[id]?.group.description
            ?? GroupDescription(group: id, state: "Dead", protocolType: "", protocolName: "", members: [])
    }

    /// ListGroups: ids and protocol types, by id.
    package func list() -> [(group: String, protocolType: String)] {
        self.entries.map { ($0.key, $0.value.group.protocolType) }.sorted { $0.0 < $1.0 }
    }
}

extension ConsumerGroup {
    /// The group as DescribeGroups shows it.
    package var description: GroupDescription {
        let isStable: Bool
        let state: String
        switch self.phase {
        case .empty: (isStable, state) = (false, "Empty")
        case .preparingRebalance: (isStable, state) = (false, "PreparingRebalance")
        case .completingRebalance: (isStable, state) = (false, "CompletingRebalance")
        case .stable: (isStable, state) = (true, "Stable")
        }
        return GroupDescription(
            group: self.id,
            state: state,
            protocolType: self.protocolType,
            protocolName: isStable ? self.protocolName : "",
            members: self.membersInOrder.map { member in
                GroupDescription.Member(
                    memberID: member.id,
                    instanceID: member.instanceID,
                    clientID: member.clientID,
                    clientHost: member.clientHost,
                    metadata: isStable ? member.metadata(of: self.protocolName) : ByteBuffer(),
                    assignment: isStable ? member.assignment : ByteBuffer()
                )
            }
        )
    }
}
