/// Records that could not be appended are said again, or a restart would find what was deleted.
///
/// What is kept of them is the key, never the record: until it is said again the key may have a new value. Commits need
/// none of this: one that failed is undone by ``finishWrite(_:isDurable:)``.
extension GroupCoordinator {
    /// Whether there are records to append again: ``takeOwed(bytesMax:)``.
    package var owesRecords: Bool { !self.owed.isEmpty }

    /// Records that were no commit's were not stored, and are owed from now on.
    ///
    /// Those of offsets count against ``GroupLimits/offsetBytesMax`` until they are stored; so no more can be owed than
    /// can be kept. Those of groups are kept for as many as there may be groups: of others a restart finds an empty group
    /// too many, which it forgets after ``GroupLimits/emptyGroupKept``.
    package mutating func notStored(_ records: [GroupRecord]) {
        for record in records {
            guard let key = GroupCoordinator.key(of: record) else { continue }
            if case .group = key, self.owed.groupCount >= self.limits.groupsMax { continue }
            if self.owed.insert(key) { self.offsetBytes += GroupCoordinator.owedCost(key) }
        }
    }

    /// What is so of owed keys now, with what is on its way.
    ///
    /// - Parameter bytesMax: stops behind so many bytes of records.
    /// - Returns: records to append before the next call; say with ``finishOwed(_:isStored:)`` what became of them.
    package mutating func takeOwed(bytesMax: Int) -> [GroupRecord] {
        var records: [GroupRecord] = []
        var bytes = 0
        while bytes < bytesMax, let key = self.owed.popLast() {
            let record = self.record(of: key)
            bytes += record.key.count + record.value.count
            records.append(record)
        }
        return records
    }

    /// Records of ``takeOwed(bytesMax:)`` are durable, or are still owed.
    package mutating func finishOwed(_ records: [GroupRecord], isStored: Bool) {
        for record in records {
            guard let key = GroupCoordinator.key(of: record) else { continue }
            if isStored || !self.owed.insert(key) { self.offsetBytes -= GroupCoordinator.owedCost(key) }
        }
    }

    /// The newest of what is so of a key: what is on its way, what is stored, or that there is nothing.
    private func record(of key: GroupRecordKey) -> GroupRecord {
        switch key {
        case .group(let id):
            self.entries[id]?.recorded.map { GroupRecord(key, $0) } ?? GroupRecord(deleted: key)
        case .offset(let id, let place):
            self.newest(id, place).map { GroupRecord(key, $0) } ?? GroupRecord(deleted: key)
        }
    }

    private func newest(_ id: String, _ place: TopicPartition) -> CommittedOffset? {
        guard let entry = self.entries[id] else { return nil }
        guard entry.pendingWrites > 0 else { return entry.offsets[place]?.committed }
        let pending = self.writes.compactMap { number, write -> (number: UInt64, committed: CommittedOffset)? in
            guard write.group == id, let offset = write.offsets.last(where: { $0.place == place }) else { return nil }
            return (number, offset.committed)
        }
        return pending.max { $0.number < $1.number }?.committed ?? entry.offsets[place]?.committed
    }

    /// `nil` for what is not a record of a coordinator.
    private static func key(of record: GroupRecord) -> GroupRecordKey? {
        do throws(KafkaWireError) {
            return try GroupRecordKey(reading: record.key)
        } catch {
            return nil
        }
    }

    /// As for a committed offset, without words.
    private static func owedCost(_ key: GroupRecordKey) -> Int {
        switch key {
        case .group: 0
        case .offset(_, let place): 96 + place.topic.utf8.count
        }
    }
}
