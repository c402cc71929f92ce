internal import LogFormat
internal import Logging

extension TopicRecovery {
    /// Bytes looked at or copied at a time.
    private static let chunk = 1 << 20

    /// Checks the last segment, cuts a torn tail, and makes what is kept durable; returns the scan behind it.
    func recoverLast(_ segment: Segment, mark: CleanMark?) throws(EventLogError) -> SegmentScan {
        let mark = mark?.segment == segment.number ? mark : nil
        let name = LogFileNames.segment(segment.number)
        let (file, size) = try self.filed { () throws(LogFileError) in
            let file = try self.files.open(segment.path, .readWrite)
            return (file, try file.size())
        }
        let (scan, index, fault) = try self.filed { () throws(LogFileError) in
            try self.scan(segment, file: file, size: size)
        }
        if let fault {
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
            if fault != nil {
                self.logger.warning(
                    "cut a torn write off the end of the log: it was never acknowledged",
                    metadata: ["file": "\(segment.path)", "at": "\(scan.byte)", "bytes": "\(size - scan.byte)"]
                )
                try file.truncate(to: scan.byte)
            }
            if mark?.bytes != scan.byte {
                try self.rewrite(file, from: scan.cycleStart, to: scan.byte)
                try file.syncData()
            }
        }
        segment.set(file: file)
        segment.set(index: index)
        segment.extend(to: scan.byte, places: [])
        return scan
    }

    private func scan(
        _ segment: Segment,
        file: any LogFile,
        size: UInt64
    ) throws(LogFileError) -> (SegmentScan, SparseIndex, SegmentScan.Fault?) {
        var scan = SegmentScan(after: segment.header)
        var index = SparseIndex(firstByte: segment.firstByte, baseOffsets: segment.header.nextOffsets)
        var walk = FrameWalk(file: file, end: size)
        while true {
            index.offer(byte: scan.byte, stamp: scan.stamp, nextOffsets: scan.nextOffsets)
            switch try walk.step(&scan, verifyingBatch: true) {
            case .batch, .needs: continue
            case .end: return (scan, index, nil)
            case .damaged(let fault): return (scan, index, fault)
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
