extension GroupCoordinator {
    /// DeleteGroups of one group.
    ///
    /// - Parameter id: the group.
    /// - Returns: the answer; it is gone here at once.
    package mutating func delete(_ id: String) -> GroupDeletion {
        guard self.isName(id) else { return .refused(.invalidGroupID) }
        guard let entry = self.entries[id] else { return .refused(.groupIDNotFound) }
        guard case .empty = entry.group.phase else { return .refused(.nonEmptyGroup) }
        return .deleted(self.remove(id))
    }

    /// A topic is gone: all that groups committed in it goes, too, so that a new one of its name begins anew.
    ///
    /// - Parameter topic: its name.
    /// - Returns: records to append.
    package mutating func deleteTopic(_ topic: String) -> [GroupRecord] {
        var records: [GroupRecord] = []
        for id in self.entries.keys.sorted() { records += self.removeOffsets(of: id) { $0.topic == topic } }
        return records
    }

    /// At a start: what groups committed in topics that are not there any more goes, as if they were deleted now.
    ///
    /// - Parameter topics: those that are there, also if they cannot be read.
    /// - Returns: records to append.
    package mutating func deleteTopics(besides topics: Set<String>) -> [GroupRecord] {
        var records: [GroupRecord] = []
        for id in self.entries.keys.sorted() { records += self.removeOffsets(of: id) { !topics.contains($0.topic) } }
        return records
    }

    /// Removes a group with all it holds.
    ///
    /// - Returns: the records that say so.
    mutating func remove(_ id: String) -> [GroupRecord] {
        var records = self.removeOffsets(of: id) { _ in true }
        guard let entry = self.entries.removeValue(forKey: id) else { return records }
        self.writes = self.writes.filter { $0.value.group != id }
        self.metadataBytes -= entry.group.bytes
        if entry.recorded != nil { records.append(GroupRecord(deleted: .group(id))) }
        return records
    }

    /// Takes out offsets, those on their way included.
    private mutating func removeOffsets(of id: String, where isGone: (TopicPartition) -> Bool) -> [GroupRecord] {
        var gone = Set<TopicPartition>()
        for (place, stored) in self.entries[id]?.offsets ?? [:] where isGone(place) {
            self.offsetBytes -= GroupCoordinator.cost(place, stored.committed)
            gone.insert(place)
            self.entries[id]?.offsets[place] = nil
        }
        if self.entries[id]?.pendingWrites ?? 0 > 0 {
            for key in self.writes.keys where self.writes[key]?.group == id {
                self.writes[key]?.offsets.removeAll { place, committed in
                    guard isGone(place) else { return false }
                    gone.insert(place)
                    self.offsetBytes -= GroupCoordinator.cost(place, committed)
                    return true
                }
            }
        }
        return
            gone
            .sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
            .map { GroupRecord(deleted: .offset(group: id, $0)) }
    }

    /// Removes the offsets of empty groups that are too old, and empty groups that hold nothing.
    ///
    /// - Returns: the records that say so.
    mutating func expire(at now: GroupTime) -> [GroupRecord] {
        var records: [GroupRecord] = []
        let (seconds, attoseconds) = self.limits.offsetsRetention.components
        let retention = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        for id in self.entries.keys.sorted() {
            guard let entry = self.entries[id], entry.group.memberCount == 0, entry.pendingWrites == 0 else { continue }
            let emptySince = entry.emptySinceMilliseconds ?? .min
            let old = entry.offsets.filter { _, stored in
                let (age, overflows) = now.wallMilliseconds.subtractingReportingOverflow(
                    max(emptySince, stored.committed.stampMilliseconds)
                )
                return !overflows && age >= retention
            }
            records += self.removeOffsets(of: id) { old[$0] != nil }
            if self.entries[id]?.isDisposable ?? false, entry.lastUse + self.limits.emptyGroupKept <= now.uptime {
                records += self.remove(id)
            }
        }
        return records
    }
}
