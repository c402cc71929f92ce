internal import LogFormat
internal import Logging
internal import Synchronization

/// The producers' past over restarts.
///
/// A snapshot is written behind the first commit of each segment and at a clean stop. A start takes the newest one that
/// belongs to the log and reads the batch headers behind it. It is never synced: one that a crash has torn is no
/// snapshot, and then the one before it counts.
extension LogTopic {
    /// Segments that are read at a start for want of a snapshot; more are read when a producer asks for them.
    private static let scanSegmentsMax = 4

    /// Finds the producers' past when that takes little reading. Blocks; once, before the topic is used.
    func recoverProducers() {
        let snapshots = self.snapshotNumbers()
        let table = self.readProducers(snapshots, segmentsMax: LogTopic.scanSegmentsMax)
        self.state.withLock { state in
            state.produce.snapshots = snapshots
            state.produce.snapshotSegment = max(snapshots.last ?? 0, state.syncedEnd.segment)
            state.produce.synced = table
        }
    }

    /// Reads the past back on a thread of its own, however long it takes; then takes what was held back.
    func startLoader(in state: inout State) {
        guard state.produce.loader == nil else { return }
        do throws(LogFileError) {
            state.produce.loader = try WriterThread(name: "log \(self.name)") { self.runLoader() }
        } catch {
            // Without the past nothing is recognised, as when every producer were unknown.
            state.produce.synced = ProducerTable()
            self.logger.error("producers' past not read", metadata: ["topic": "\(self.name)", "error": "\(error)"])
        }
    }

    private func runLoader() {
        let snapshots = self.state.withLock { $0.produce.snapshots }
        self.logger.notice("reading the log back for what producers sent", metadata: ["topic": "\(self.name)"])
        let table = self.readProducers(snapshots, segmentsMax: .max)
        let now = self.clock()
        let answers = self.state.withLock { state in
            // Not whole when it was stopped.
            let isStopping = state.isClosing || state.status != .open
            state.produce.synced = isStopping ? nil : table
            // The next commit writes what took so long.
            state.produce.snapshotSegment = 0
            state.isWriterWaiting = false
            return self.takeHeld(at: now, in: &state)
        }
        self.wake.post()
        for answer in answers { answer.send() }
    }

    /// The past up to the synced end; `nil` when more than `segmentsMax` segments would have to be read.
    private func readProducers(_ snapshots: [UInt64], segmentsMax: Int) -> ProducerTable? {
        let (end, endOffsets) = self.state.withLock { ($0.syncedEnd, $0.syncedOffsets) }
        if endOffsets.allSatisfy({ $0 == 0 }) { return ProducerTable() }
        let first = self.catalog.first
        var table = ProducerTable()
        var start = LogPosition(segment: first.number, byte: first.firstByte)
        for number in snapshots.reversed() {
            guard let snapshot = self.snapshot(number, end: end, endOffsets: endOffsets) else { continue }
            table = snapshot.table
            start = LogPosition(segment: snapshot.segment, byte: snapshot.byte)
            break
        }
        let behind = self.catalog.all.filter { $0.number >= start.segment && $0.number <= end.segment }
        guard behind.count <= segmentsMax else { return nil }
        for segment in behind where !self.isStopping {
            let from = segment.number == start.segment ? start.byte : segment.firstByte
            let below = segment.number == end.segment ? end.byte : segment.readableBytes
            do throws(LogFileError) {
                try self.scanProducers(of: segment, from: from, below: below, into: &table)
            } catch {
                self.logger.error(
                    "producers' past not whole",
                    metadata: ["file": "\(segment.path)", "error": "\(error)"]
                )
            }
        }
        return table
    }

    private func snapshotNumbers() -> [UInt64] {
        do throws(LogFileError) {
            let names = try self.segments.files.list(self.segments.directory)
            return names.compactMap { LogFileNames.producersNumber($0) }.sorted()
        } catch {
            self.logger.error(
                "producers' snapshots not found",
                metadata: ["topic": "\(self.name)", "error": "\(error)"]
            )
            return []
        }
    }

    /// A snapshot that holds for this log; `nil` when the file cannot be read, too.
    private func snapshot(_ number: UInt64, end: LogPosition, endOffsets: [Int64]) -> ProducerSnapshot? {
        let path = "\(self.segments.directory)/\(LogFileNames.producers(number))"
        guard let file = try? self.segments.files.open(path, .read), let size = try? file.size(),
            size <= UInt64(ProducerSnapshot.sizeMax), let bytes = try? file.bytes(at: 0, count: Int(size)),
            let snapshot = ProducerSnapshot(reading: bytes, partitionCount: self.partitionCount),
            let segment = self.catalog.segment(snapshot.segment), segment.header.salt == snapshot.salt,
            LogPosition(segment: snapshot.segment, byte: snapshot.byte) <= end,
            (segment.firstByte...segment.readableBytes).contains(snapshot.byte),
            zip(snapshot.nextOffsets, endOffsets).allSatisfy({ $0 <= $1 })
        else { return nil }
        if snapshot.byte == segment.readableBytes { return snapshot }
        // What was cut off and written again since would not begin at the same byte with the same offset.
        var walk: FrameWalk?
        if let file = try? self.catalog.file(of: segment) { walk = FrameWalk(file: file, end: segment.readableBytes) }
        let found = try? walk?.frame(at: snapshot.byte, salt: segment.header.salt)
        guard let (frame, _) = found, frame.partition < self.partitionCount,
            frame.baseOffset == snapshot.nextOffsets[frame.partition]
        else { return nil }
        return snapshot
    }

    private func scanProducers(
        of segment: Segment,
        from start: UInt64,
        below end: UInt64,
        into table: inout ProducerTable
    ) throws(LogFileError) {
        var walk = FrameWalk(file: try self.catalog.file(of: segment), end: end)
        var byte = start
        var stamp = segment.header.stamp
        while byte < end {
            guard let (frame, header) = try walk.frame(at: byte, salt: segment.header.salt) else {
                self.logger.error(
                    "producers' past not whole: no valid frame stands here",
                    metadata: ["file": "\(segment.path)", "byte": "\(byte)"]
                )
                return
            }
            if header.isLogAppendTime { stamp = max(stamp, header.maxTimestamp) }
            if header.producerID >= 0 {
                table.add(header, partition: frame.partition, baseOffset: frame.baseOffset, stamp: stamp)
            }
            let next = byte + UInt64(StoredFrame.size + frame.batchBytes)
            if byte >> 24 != next >> 24, self.isStopping { return }
            byte = next
        }
    }

    private var isStopping: Bool { self.state.withLock { $0.isClosing || $0.status != .open } }

    // MARK: On the writer thread

    /// The end of the writer thread: nothing is taken any more.
    func finishProducing() {
        let (loader, answers, end) = self.state.withLock { state in
            defer { state.produce.loader = nil }
            let isClean = state.status == .open && state.isClosing
            // After a fence all have been told.
            return (state.produce.loader, state.produce.fail(.closed), isClean ? state.syncedEnd : nil)
        }
        for answer in answers { answer.send() }
        loader?.join()
        if let end { self.writeProducers(at: end) }
    }

    /// Writes a snapshot of what is synced up to `end`, which cannot change meanwhile.
    func writeProducers(at end: LogPosition) {
        let (table, offsets, known) = self.state.withLock { state in
            (state.produce.synced, state.syncedOffsets, state.produce.snapshots)
        }
        guard let table, let segment = self.catalog.segment(end.segment) else { return }
        let snapshot = ProducerSnapshot(
            segment: end.segment,
            byte: end.byte,
            salt: segment.header.salt,
            nextOffsets: offsets,
            table: table
        )
        let files = self.segments.files
        let path = "\(self.segments.directory)/\(LogFileNames.producers(end.segment))"
        do throws(LogFileError) {
            let unfinished = path + LogFileNames.unfinishedSuffix
            try files.open(unfinished, .create).write(snapshot.encoded, at: 0)
            try files.rename(unfinished, to: path)
            // The one before is kept: a power cut may tear this one.
            let kept = known.filter { $0 < end.segment }.suffix(1) + [end.segment]
            for number in known where !kept.contains(number) {
                try files.unlink("\(self.segments.directory)/\(LogFileNames.producers(number))")
            }
            self.state.withLock { state in
                state.produce.snapshots = Array(kept)
                state.produce.snapshotSegment = end.segment
            }
        } catch {
            self.logger.warning(
                "producers' snapshot not written, the next start reads more",
                metadata: ["file": "\(path)", "error": "\(error)"]
            )
        }
    }
}
