import EventLog
import ReadingNumbers
import Synchronization

/// Devices that are deleted: others of their names begin anew.
///
/// ```
/// beginDeletion ──► nobody gets the device ──► its connections are closed ──► endDeletion ─┐
///             └───► its loop is asked to give it back ──► all it had on its way is settled ┴─► forgotten
/// ```
/// What was staged before may be committed later; so the device is forgotten when nothing of it can come any more, and the
/// next of its name waits for that. The log keeps its records: the snapshot says up to which place they are not read again.
extension ReceivedNumbers {
    /// Devices were deleted; ``endDeletion(of:)`` follows when all their connections are closed. Any thread.
    func beginDeletion(of names: [String]) {
        guard !names.isEmpty else { return }
        for name in names {
            let key = self.key(of: name)
            let recalled = self.shard(of: key).state.withLock { state -> NumbersLoopReference? in
                state.table.forget(key)
                state.deletions[key] = NumbersShard.Deletion(end: nil)
                var owner = state.owners[key] ?? NumbersShard.Owner()
                owner.isDeleted = true
                owner.deletions += 1
                let recalled = owner.isRecalled ? nil : owner.loop
                if recalled != nil { owner.isRecalled = true }
                state.owners[key] = owner
                return recalled
            }
            recalled?.recall(key)
        }
        self.noteDeletion()
    }

    /// The connections of deleted devices are closed: none of them stages anything any more. Any thread.
    func endDeletion(of names: [String]) {
        for name in names {
            let key = self.key(of: name)
            self.shard(of: key).state.withLock { $0.owners[key]?.deletions -= 1 }
            self.finishDeletion(of: key)
        }
    }

    /// Forgets a deleted device, and lets the next of its name go on, when nothing of it can come any more.
    func finishDeletion(of key: DeviceKey) {
        let shard = self.shard(of: key)
        guard shard.state.withLock({ $0.owners[key]?.isDeletionDue == true }) else { return }
        // Behind all that it had on its way, and before all that the next one sends.
        let end = self.logEnd()
        let grant = shard.state.withLock { state -> Grant? in
            guard state.owners[key]?.isDeletionDue == true else { return nil }
            state.owners[key]?.isDeleted = false
            state.table.forget(key)
            state.deletions[key] = NumbersShard.Deletion(end: end)
            return ReceivedNumbers.next(of: key, in: &state)
        }
        self.noteDeletion()
        grant?.tell(key)
    }

    /// Of deletions that a snapshot left open nothing comes any more: the gateway was started since.
    ///
    /// - Parameter end: the log's when it was opened, or later.
    func closeDeletions(at end: LogPosition) {
        for shard in self.shards {
            shard.state.withLock { state in
                for (key, deletion) in state.deletions where deletion.end == nil {
                    guard state.owners[key]?.isDeleted != true else { continue }
                    state.deletions[key] = NumbersShard.Deletion(end: end)
                }
            }
        }
    }

    /// A snapshot covers the log up to a place: what is before it is not read again.
    func dropDeletions(before covered: LogPosition) {
        for shard in self.shards {
            shard.state.withLock { state in
                state.deletions = state.deletions.filter { $0.value.isNeeded(behind: covered) }
            }
        }
    }

    /// Those that a snapshot which covers the log up to a place must know.
    func deletedDevices(behind covered: LogPosition) -> [DeletedDevice] {
        self.shards.flatMap { shard in
            shard.state.withLock { state -> [DeletedDevice] in
                state.deletions.compactMap { key, deletion in
                    guard deletion.isNeeded(behind: covered) else { return nil }
                    let end = deletion.end.map { SnapshotHeader.Place(segment: $0.segment, byte: $0.byte) }
                    return DeletedDevice(key: key, end: end)
                }
            }
        }
    }

    /// Takes back what ``deletedDevices(behind:)`` gave, after the devices of the snapshot.
    func restore(_ device: DeletedDevice) {
        self.shard(of: device.key).state.withLock { state in
            // Deleted again since the start.
            guard state.deletions[device.key] == nil else { return }
            state.table.forget(device.key)
            let end = device.end.map { LogPosition(segment: $0.segment, byte: $0.byte) }
            state.deletions[device.key] = NumbersShard.Deletion(end: end)
        }
    }
}

extension NumbersShard.Deletion {
    /// Whether the log has something of the device behind a place; also at the very place, where the device may be in the
    /// snapshot.
    fileprivate func isNeeded(behind covered: LogPosition) -> Bool { self.end.map { covered <= $0 } ?? true }
}
