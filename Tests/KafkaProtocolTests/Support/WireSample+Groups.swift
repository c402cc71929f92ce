import NIOCore

@testable import KafkaProtocol

extension WireSample {
    static func offsetCommit(_ version: Int16) -> WireSample {
        let noted = OffsetCommitRequest.Partition(
            partition: 1,
            offset: 4712,
            leaderEpoch: version >= 6 ? 0 : -1,
            metadata: "note"
        )
        let bare = OffsetCommitRequest.Partition(partition: 2, offset: 0, leaderEpoch: -1, metadata: nil)
        let request = OffsetCommitRequest(
            group: "g",
            generation: 3,
            memberID: "m-1",
            instanceID: version >= 7 ? "i" : nil,
            retentionMilliseconds: version <= 4 ? 86_400_000 : -1,
            topics: [.init(name: "tel", partitions: [noted, bare])]
        )
        let outcomes = [
            OffsetCommitAnswer.Partition(partition: 1, error: .noError),
            OffsetCommitAnswer.Partition(partition: 2, error: .illegalGeneration),
        ]
        return WireSample(
            .offsetCommit(request),
            OffsetCommitAnswer(topics: [.init(name: "tel", partitions: outcomes)])
        )
    }

    static func offsetFetch(_ version: Int16) -> WireSample {
        let request = OffsetFetchRequest(group: "g", topics: [.init(name: "tel", partitions: [0, 3])])
        let kept = OffsetFetchAnswer.Partition(partition: 0, offset: 4712, leaderEpoch: 0, metadata: "note")
        let none = OffsetFetchAnswer.Partition(partition: 3)
        return WireSample(
            .offsetFetch(request),
            OffsetFetchAnswer(error: .notCoordinator, topics: [.init(name: "tel", partitions: [kept, none])])
        )
    }

    static func findCoordinator(_ version: Int16) -> WireSample {
        let request = FindCoordinatorRequest(coordinatorKey: "g", keyType: version >= 1 ? 1 : 0)
        return WireSample(
            .findCoordinator(request),
            FindCoordinatorAnswer(.init(nodeID: 1, host: "127.0.0.1", port: 9092))
        )
    }

    static func joinGroup(_ version: Int16) -> WireSample {
        let request = JoinGroupRequest(
            group: "g",
            sessionTimeoutMilliseconds: 45_000,
            rebalanceTimeoutMilliseconds: version >= 1 ? 300_000 : 45_000,
            memberID: "m-1",
            instanceID: version >= 5 ? "i" : nil,
            protocolType: "consumer",
            protocols: [
                .init(name: "range", metadata: ByteBuffer(bytes: [0, 1])),
                .init(name: "roundrobin", metadata: ByteBuffer()),
            ]
        )
        let answer = JoinGroupAnswer(
            error: .noError,
            generation: 3,
            protocolName: "range",
            leader: "m-1",
            memberID: "m-1",
            members: [
                .init(memberID: "m-1", instanceID: "i", metadata: ByteBuffer(bytes: [0, 1])),
                .init(memberID: "m-2", metadata: ByteBuffer()),
            ]
        )
        return WireSample(.joinGroup(request), answer)
    }

    static func heartbeat(_ version: Int16) -> WireSample {
        let request = HeartbeatRequest(group: "g", generation: 3, memberID: "m-1", instanceID: nil)
        return WireSample(.heartbeat(request), HeartbeatAnswer(error: .rebalanceInProgress))
    }

    static func leaveGroup(_ version: Int16) -> WireSample {
        var members = [LeaveGroupRequest.Member(memberID: "m-1", instanceID: nil)]
        if version >= 3 { members.append(.init(memberID: "", instanceID: "i")) }
        let answer = LeaveGroupAnswer(members: [
            .init(memberID: "m-1", error: .noError),
            .init(memberID: "", instanceID: "i", error: .unknownMemberID),
        ])
        return WireSample(.leaveGroup(LeaveGroupRequest(group: "g", members: members)), answer)
    }

    static func syncGroup(_ version: Int16) -> WireSample {
        let request = SyncGroupRequest(
            group: "g",
            generation: 3,
            memberID: "m-1",
            instanceID: version >= 3 ? "i" : nil,
            assignments: [.init(memberID: "m-1", assignment: ByteBuffer(bytes: [0, 2]))]
        )
        return WireSample(
            .syncGroup(request),
            SyncGroupAnswer(error: .noError, assignment: ByteBuffer(bytes: [0, 2]))
        )
    }

    static func describeGroups(_ version: Int16) -> WireSample {
        let request = DescribeGroupsRequest(groups: ["g", "h"], includesOperations: version >= 3)
        let member = DescribeGroupsAnswer.Member(
            memberID: "m-1",
            instanceID: "i",
            clientID: "c",
            clientHost: "/127.0.0.1",
            metadata: ByteBuffer(bytes: [0, 1]),
            assignment: ByteBuffer(bytes: [0, 2])
        )
        let stable = DescribeGroupsAnswer.Group(
            error: .noError,
            group: "g",
            state: "Stable",
            protocolType: "consumer",
            protocolName: "range",
            members: [member]
        )
        let hidden = DescribeGroupsAnswer.Group(error: .groupAuthorizationFailed, group: "h")
        return WireSample(.describeGroups(request), DescribeGroupsAnswer(groups: [stable, hidden]))
    }

    static var listGroups: WireSample {
        WireSample(
            .listGroups(ListGroupsRequest()),
            ListGroupsAnswer(groups: [.init(group: "g", protocolType: "consumer")])
        )
    }

    static var deleteGroups: WireSample {
        WireSample(
            .deleteGroups(DeleteGroupsRequest(groups: ["g"])),
            DeleteGroupsAnswer(groups: [.init(group: "g", error: .nonEmptyGroup)])
        )
    }
}
