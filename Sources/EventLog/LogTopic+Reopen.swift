internal import LogFormat
internal import Synchronization
internal import TelemetryModel

extension LogTopic {
    /// Whether a full disk has fenced the topic.
    var isFencedByFullDisk: Bool {
        self.state.withLock { state in
            guard case .fenced = state.status else { return false }
            return state.fenceReason?.isDiskFull ?? false
        }
    }

    /// Recovers a fenced topic and takes records again; blocks. One caller at a time, under the log's administration.
    ///
    /// Readers go on meanwhile.
    ///
    /// - Parameters:
    ///   - recovery: Of this topic's folder.
    ///   - onOpen: Called before the first record is taken.
    /// - Throws: Why it stays fenced; only bytes that nobody was shown are gone then.
    func reopen(_ recovery: TopicRecovery, onOpen: () -> Void) throws(EventLogError) {
        // The writer thread has ended, or is telling everyone: when it has, nobody touches what it used.
        let writer = self.state.withLock { state -> WriterThread? in
            defer { state.writer = nil }
            return state.writer
        }
        writer?.join()
        try self.removal.withLock { removal throws(EventLogError) in
            let active = self.catalog.last
            let offsets = self.endOffsets
            let mark = CleanMark(segment: active.number, bytes: active.readableBytes, nextOffsets: offsets)
            self.segments.closeFile()
            let recovered = try recovery.reopen(synced: mark)
            guard recovered.scan.nextOffsets == offsets, recovered.end >= self.end else {
                throw recovery.damage(LogFileNames.segment(active.number), "the recovery found another end")
            }
            // Snapshots may still need segments that readers find no more.
            let first = self.catalog.first.number
            self.catalog.replace(with: recovered.segments.filter { $0.number >= first })
            self.segments.adopt(recovered)
            onOpen()
            self.state.withLock { state in
                state.nextOffsets = recovered.scan.nextOffsets
                state.syncedEnd = recovered.end
                state.stamp = max(state.stamp, Timestamp(milliseconds: recovered.stamp))
                state.gathering.reset()
                state.spare = state.spare ?? CommitCycle(partitionCount: self.partitionCount)
                state.isRollAsked = false
                state.isWriterWaiting = false
                state.fenceReason = nil
                self.pendingBytes.store(0, ordering: .relaxed)
                state.status = .open
            }
        }
        self.commitObservers.tell()
    }
}
