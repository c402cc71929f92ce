extension GroupCoordinator {
    /// OffsetCommit.
    ///
    /// - Parameters:
    ///   - identity: who commits.
    ///   - items: what, each partition once.
    ///   - now: the time.
    /// - Returns: the answer, and what must be durable before it is given.
    package mutating func commit(
        _ identity: GroupIdentity,
        _ items: [OffsetCommit.Item],
        at now: GroupTime
    ) -> (outcome: OffsetCommit.Outcome, actions: [GroupAction]) {
        let (error, actions) = self.admitCommit(identity, at: now)
        guard error == .noError else {
            return (OffsetCommit.Outcome(errors: items.map { _ in error }, write: nil), actions)
        }
        var offsets: [(place: TopicPartition, committed: CommittedOffset)] = []
        let errors = items.map { item -> KafkaError in
            guard item.error == .noError else { return item.error }
            guard item.metadata.utf8.count <= self.limits.offsetMetadataBytesMax else {
                return .offsetMetadataTooLarge
            }
            guard item.offset >= 0 else { return .invalidRequest }
            let committed = CommittedOffset(
                offset: item.offset,
                leaderEpoch: item.leaderEpoch,
                metadata: item.metadata,
                stampMilliseconds: now.wallMilliseconds
            )
            let cost = GroupCoordinator.cost(item.place, committed)
            guard self.offsetBytes + cost <= self.limits.offsetBytesMax else { return .policyViolation }
            self.offsetBytes += cost
            offsets.append((item.place, committed))
            return .noError
        }
        guard !offsets.isEmpty else { return (OffsetCommit.Outcome(errors: errors, write: nil), actions) }
        let id = self.writeNext
        self.writeNext += 1
        self.writes[id] = PendingWrite(group: identity.group, offsets: offsets)
        self.entries[identity.group]?.pendingWrites += 1
        let records = offsets.map { GroupRecord(.offset(group: identity.group, $0.place), $0.committed) }
        let write = OffsetCommit.Write(id: OffsetCommit.WriteID(rawValue: id), records: records)
        return (OffsetCommit.Outcome(errors: errors, write: write), actions)
    }

    private mutating func admitCommit(_ identity: GroupIdentity, at now: GroupTime) -> (KafkaError, [GroupAction]) {
        guard self.isName(identity.group) else { return (.invalidGroupID, []) }
        if self.entries[identity.group] == nil {
            // A member of a group that is not there any more has to join again.
            guard identity.generation < 0, identity.memberID.isEmpty else { return (.illegalGeneration, []) }
        }
        guard let actions = self.open(identity.group, at: now) else { return (.policyViolation, []) }
        var error = KafkaError.noError
        let more = self.change(identity.group, at: now) { group in
            error = group.checkCommit(identity, at: now.uptime)
            return []
        }
        return (error, actions + more)
    }

    /// A commit's records are durable, or never will be. In the order of the commits.
    ///
    /// - Parameters:
    ///   - id: which; one that is finished is passed over.
    ///   - isDurable: whether the records are on disk. When not, it is as if the commit had not been.
    package mutating func finishWrite(_ id: OffsetCommit.WriteID, isDurable: Bool) {
        guard let write = self.writes.removeValue(forKey: id.rawValue) else { return }
        for (place, committed) in write.offsets {
            let cost = GroupCoordinator.cost(place, committed)
            let stored = self.entries[write.group]?.offsets[place]
            guard isDurable, stored.map({ $0.write < id.rawValue }) ?? true, self.entries[write.group] != nil else {
                self.offsetBytes -= cost
                continue
            }
            if let stored { self.offsetBytes -= GroupCoordinator.cost(place, stored.committed) }
            self.entries[write.group]?.offsets[place] = StoredOffset(committed: committed, write: id.rawValue)
        }
        self.entries[write.group]?.pendingWrites -= 1
    }

    /// OffsetFetch of one partition: what was committed last and is durable.
    package func committed(_ group: String, _ place: TopicPartition) -> CommittedOffset? {
        self.entries[group]?.offsets[place]?.committed
    }

    /// OffsetFetch of all partitions, by topic and partition.
    package func committed(_ group: String) -> [(place: TopicPartition, committed: CommittedOffset)] {
        guard let entry = self.entries[group] else { return [] }
        return entry.offsets
            .sorted { ($0.key.topic, $0.key.partition) < ($1.key.topic, $1.key.partition) }
            .map { ($0.key, $0.value.committed) }
    }

    /// What an offset costs of ``GroupLimits/offsetBytesMax``.
    static func cost(_ place: TopicPartition, _ committed: CommittedOffset) -> Int {
        96 + place.topic.utf8.count + committed.metadata.utf8.count
    }
}
