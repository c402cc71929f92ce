/// What the caller of ``GroupCoordinator`` must do, in order.
package enum GroupAction: Equatable, Sendable {
    /// Answer a JoinGroup. Each request given is answered exactly once, unless its connection was reported closed.
    case answerJoin(GroupRequestID, GroupJoinOutcome)
    /// Answer a SyncGroup. As for ``answerJoin(_:_:)``.
    case answerSync(GroupRequestID, GroupSyncOutcome)
    /// Append these to `_offsets`, before anything that a later call returns. No answer waits for it.
    case append([GroupRecord])
}
