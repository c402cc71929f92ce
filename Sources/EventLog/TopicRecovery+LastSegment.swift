internal import LogFormat
internal import Logging
internal import TelemetryModel

extension TopicRecovery {
    /// Bytes looked at or copied at a time.
    private static let chunk = 1 << 20

    /// What one scan found.
    private struct Finding {
        var scan: SegmentScan
        var index: SparseIndex
        var resume: ResumePoint
        /// The first enqueue stamp; `nil` when the segment is empty or its batches show their producers' times.
        var firstStamp: Int64?
        var fault: SegmentScan.Fault?
    }

    /// Checks the last segment, cuts a torn tail, and makes what is kept durable.
    ///
    /// - Parameters:
    ///   - segment: The last segment.
    ///   - mark: What a clean stop, or the topic before it was fenced, knew to be synced.
    ///   - isReopening: Whether the topic was fenced: then all of it is read, and less than the mark says is damage.
    /// - Returns: What stands at its end.
    /// - Throws: The file layer's reason, or `topicDamaged`: then nothing was changed.
    func recoverLast(
        _ segment: Segment,
        mark: CleanMark?,
        isReopening: Bool
    ) throws(EventLogError) -> RecoveredTail {
        let mark = mark?.segment == segment.number ? mark : nil
        let name = LogFileNames.segment(segment.number)
        let (file, size) = try self.filed { () throws(LogFileError) in
            let file = try self.files.open(segment.path, .readWrite)
            return (file, try file.size())
        }
        if let mark, !isReopening, let tail = try self.recoverClean(segment, file: file, size: size, mark: mark) {
            return tail
        }
        let found = try self.filed { () throws(LogFileError) in
            try self.scan(segment, file: file, size: size, index: nil)
        }
        let scan = found.scan
        if isReopening, let mark, scan.byte != mark.bytes || scan.nextOffsets != mark.nextOffsets {
            throw self.damage(
                name,
                at: scan.byte,
                "acknowledged records are damaged or missing, up to byte \(mark.bytes)"
            )
        }
        if let fault = found.fault {
            let search = try self.filed { () throws(LogFileError) in try self.search(file, behind: scan, size: size) }
            switch TailVerdict(fault: fault, scan: scan, search: search, synced: mark?.bytes) {
            case .damaged(let nextValid):
                throw self.damage(
                    name,
                    at: scan.byte,
                    "the stored batch here is damaged (\(fault)), and valid ones follow at byte \(nextValid)"
                )
            case .cut:
                break
            }
        }
        try self.filed { () throws(LogFileError) in
            if let mark, mark.bytes > scan.byte {
                try self.keepLost(file, from: scan.byte, size: size, synced: mark.bytes, segment: segment)
            }
            if found.fault != nil {
                self.logger.warning(
                    "cut a torn write off the end of the log: it was never acknowledged",
                    metadata: ["file": "\(segment.path)", "at": "\(scan.byte)", "bytes": "\(size - scan.byte)"]
                )
                try file.truncate(to: scan.byte)
            }
            if isReopening || mark?.bytes != scan.byte {
                try self.rewrite(file, from: scan.cycleStart, to: scan.byte)
                try file.syncData()
            }
        }
        return self.tail(of: segment, file: file, found, indexedBytes: 0)
    }

    /// The last segment after a clean stop that left its index: only the last bytes are checked. `nil` when there is no
    /// such index, or anything is not as it says; then all of the segment is checked.
    private func recoverClean(
        _ segment: Segment,
        file: any LogFile,
        size: UInt64,
        mark: CleanMark
    ) throws(EventLogError) -> RecoveredTail? {
        guard size == mark.bytes,
            let stored = self.files.index(of: segment.header, at: segment.path, bytes: size)
        else { return nil }
        var found = try self.filed { () throws(LogFileError) in
            try self.scan(segment, file: file, size: size, index: stored)
        }
        guard found.fault == nil, found.scan.byte == size, found.scan.isCycleComplete,
            found.scan.nextOffsets == mark.nextOffsets
        else { return nil }
        found.firstStamp = stored.firstStamp
        var tail = self.tail(of: segment, file: file, found, indexedBytes: size)
        tail.stamp = max(found.scan.stamp, stored.stamp)
        return tail
    }

    private func tail(
        of segment: Segment,
        file: any LogFile,
        _ found: Finding,
        indexedBytes: UInt64
    ) -> RecoveredTail {
        segment.set(file: file)
        segment.set(index: found.index, isStored: indexedBytes > 0)
        segment.extend(to: found.scan.byte, places: [])
        // Producers' times say nothing about when they were appended: it was before now.
        let stamp =
            found.scan.hasCreateTimes ? max(found.scan.stamp, self.now().milliseconds) : found.scan.stamp
        return RecoveredTail(
            scan: found.scan,
            stamp: stamp,
            firstStamp: found.scan.byte > segment.firstByte ? found.firstStamp ?? stamp : nil,
            resume: found.resume,
            indexedBytes: indexedBytes
        )
    }

    /// Checks every batch, or, with an index, those behind its place to resume from.
    private func scan(
        _ segment: Segment,
        file: any LogFile,
        size: UInt64,
        index: SegmentIndexFile?
    ) throws(LogFileError) -> Finding {
        var scan =
            index.map { SegmentScan(after: segment.header, resuming: $0.resume) } ?? SegmentScan(after: segment.header)
        var found = Finding(
            scan: scan,
            index: index?.index
                ?? SparseIndex(firstByte: segment.firstByte, baseOffsets: segment.header.nextOffsets),
            resume: index?.resume ?? ResumePoint(after: segment.header)
        )
        var walk = FrameWalk(file: file, end: size)
        while true {
            found.index.offer(byte: scan.byte, stamp: scan.stampMax, nextOffsets: scan.nextOffsets)
            if scan.byte >= found.resume.byte + ResumePoint.interval, let place = scan.resumePoint {
                found.resume = place
            }
            let isFirst = scan.byte == segment.firstByte
            let step = try walk.step(&scan, verifyingBatch: true)
            found.scan = scan
            switch step {
            case .batch:
                if isFirst, !scan.hasCreateTimes { found.firstStamp = scan.stamp }
            case .needs: continue
            case .end: return found
            case .damaged(let fault):
                found.fault = fault
                return found
            }
        }
    }

    private func search(_ file: any LogFile, behind scan: SegmentScan, size: UInt64) throws(LogFileError) -> FrameSearch
    {
        var search = FrameSearch(behind: scan)
        var byte = scan.byte
        while byte < size {
            let window = try file.bytes(at: byte, count: TopicRecovery.chunk)
            window.withUnsafeBytes { search.look(at: $0, from: byte) }
            guard window.count > FrameSearch.overlap else { break }
            byte += UInt64(window.count - FrameSearch.overlap)
        }
        return search
    }

    /// Writes bytes over themselves, so that the kernel must write them to the disk again.
    private func rewrite(_ file: any LogFile, from start: UInt64, to end: UInt64) throws(LogFileError) {
        var byte = start
        while byte < end {
            let bytes = try file.bytes(at: byte, count: Int(min(UInt64(TopicRecovery.chunk), end - byte)))
            try file.write(bytes, at: byte)
            byte += UInt64(bytes.count)
        }
    }

    /// Records that a clean stop had left synced are gone: reports it and copies durably what will be cut off. Their
    /// offsets are not given out again.
    private func keepLost(
        _ file: any LogFile,
        from start: UInt64,
        size: UInt64,
        synced: UInt64,
        segment: Segment
    ) throws(LogFileError) {
        self.logger.critical(
            "the end of the log was changed after a clean stop: acknowledged records are lost",
            metadata: ["file": "\(segment.path)", "from": "\(start)", "to": "\(synced)"]
        )
        // Nothing is left to copy: the file was shortened, or it is cut already and its copy is the only one there is.
        guard start < size else { return }
        let path = segment.path + LogFileNames.lostSuffix
        let copy = try self.files.open(path, .create)
        var byte = start
        while byte < size {
            let bytes = try file.bytes(at: byte, count: Int(min(UInt64(TopicRecovery.chunk), size - byte)))
            try copy.write(bytes, at: byte - start)
            byte += UInt64(bytes.count)
        }
        try copy.syncData()
        try self.files.syncDirectory(self.directory)
        self.logger.warning("what is cut off the log was copied", metadata: ["copy": "\(path)"])
    }
}
