extension GroupCoordinator {
    /// Takes a record of `_offsets` at the start of the process, in the order of the log.
    ///
    /// - Parameter record: what the log holds; a null value given as an empty one.
    /// - Throws: `KafkaWireError`, the coordinator unchanged. To go on without the record would lose what it says:
    ///   ``KafkaWireError/Code/unsupportedVersion(_:)`` means that a newer version wrote it.
    package mutating func replay(_ record: GroupRecord) throws(KafkaWireError) {
        switch try GroupRecordKey(reading: record.key) {
        case .offset(let id, let place):
            let committed = record.value.isEmpty ? nil : try CommittedOffset(reading: record.value)
            var entry = self.entries[id] ?? self.replayedEntry(id)
            if let stored = entry.offsets[place] {
                self.offsetBytes -= GroupCoordinator.cost(place, stored.committed)
            }
            if let committed { self.offsetBytes += GroupCoordinator.cost(place, committed) }
            entry.offsets[place] = committed.map { StoredOffset(committed: $0, write: 0) }
            self.entries[id] = entry.offsets.isEmpty && entry.recorded == nil ? nil : entry
        case .group(let id):
            let state = record.value.isEmpty ? nil : try GroupStateRecord(reading: record.value)
            var entry = self.entries[id] ?? self.replayedEntry(id)
            entry.recorded = state
            entry.emptySinceMilliseconds = state?.emptySinceMilliseconds
            entry.group = ConsumerGroup(
                id: id,
                generation: max(0, state?.generation ?? 0),
                protocolType: state?.protocolType ?? "",
                limits: self.limits
            )
            self.entries[id] = entry.offsets.isEmpty && state == nil ? nil : entry
        }
    }

    private func replayedEntry(_ id: String) -> Entry {
        Entry(group: ConsumerGroup(id: id, limits: self.limits), lastUse: .zero)
    }

    /// All records were taken: every group is empty now, those that had members since this moment.
    ///
    /// - Parameter now: the time.
    /// - Returns: records to append.
    package mutating func finishReplay(at now: GroupTime) -> [GroupRecord] {
        var records: [GroupRecord] = []
        for id in self.entries.keys.sorted() {
            self.entries[id]?.lastUse = now.uptime
            guard var state = self.entries[id]?.recorded, state.emptySinceMilliseconds == nil else { continue }
            state.emptySinceMilliseconds = now.wallMilliseconds
            self.entries[id]?.emptySinceMilliseconds = now.wallMilliseconds
            self.entries[id]?.recorded = state
            records.append(GroupRecord(.group(id), state))
        }
        if !self.entries.isEmpty { self.startExpiryChecks(at: now) }
        return records
    }

    /// The groups to write anew so that what `_offsets` holds before can be removed, by id.
    package var liveGroups: [String] { self.entries.keys.sorted() }

    /// All that is so of a group, with what is on its way: appended now, these records stand for all earlier ones of
    /// it.
    ///
    /// - Parameter id: the group; one that is gone has no records.
    /// - Returns: records to append before the next call.
    package func liveRecords(of id: String) -> [GroupRecord] {
        guard let entry = self.entries[id] else { return [] }
        var offsets = entry.offsets.mapValues(\.committed)
        if entry.pendingWrites > 0 {
            for (_, write) in self.writes.sorted(by: { $0.key < $1.key }) where write.group == id {
                for (place, committed) in write.offsets { offsets[place] = committed }
            }
        }
        let places = offsets.keys.sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
        var records = entry.recorded.map { [GroupRecord(.group(id), $0)] } ?? []
        for place in places {
            guard let committed = offsets[place] else { continue }
            records.append(GroupRecord(.offset(group: id, place), committed))
        }
        return records
    }
}
