internal import LogFormat
internal import Synchronization
internal import TelemetryModel

/// Writes a topic's cycles to its active segment and begins new segments.
final class SegmentWriter: @unchecked Sendable {  // because only the writer thread uses it, and close() after its end
    let directory: String
    let files: any LogFiles
    /// Bytes of a segment before the next one begins; may be set by any thread.
    let segmentBytesMax: Atomic<UInt64>
    private var segment: Segment
    private var file: (any LogFile)?
    /// What stands in the active segment.
    private var byte: UInt64
    private var nextOffsets: [Int64]
    private var stamp: Int64
    private var cycle: UInt16

    init(recovered: RecoveredTopic, files: any LogFiles, segmentBytesMax: UInt64) {
        self.directory = recovered.directory
        self.files = files
        self.segmentBytesMax = Atomic(segmentBytesMax)
        self.segment = recovered.active
        self.file = recovered.active.openFile
        self.byte = recovered.scan.byte
        self.nextOffsets = recovered.scan.nextOffsets
        self.stamp = recovered.scan.stamp
        self.cycle = recovered.scan.cycle
    }

    /// Writes a cycle with one write and one fdatasync, and lets readers see it; returns the new end.
    ///
    /// After an error nothing may be written any more.
    func write(_ cycle: CommitCycle, catalog: SegmentCatalog) throws(LogFileError) -> LogPosition {
        let batches = cycle.batches
        let bytes = batches.reduce(0) { $0 + $1.count }
        if self.byte + UInt64(bytes) > self.segmentBytesMax.load(ordering: .relaxed), self.byte > self.segment.firstByte
        {
            try self.roll(catalog: catalog)
        }
        guard let file = self.file else { preconditionFailure("the segment's file is open until the log closes") }
        self.cycle &+= 1
        var places: [SegmentPlace] = []
        var end = self.byte
        for (index, batch) in batches.enumerated() {
            places.append(SegmentPlace(byte: end, stamp: self.stamp, nextOffsets: self.nextOffsets))
            batch.seal(
                stamp: cycle.stamp.milliseconds,
                cycle: self.cycle,
                isLastOfCycle: index == batches.count - 1,
                salt: self.segment.header.salt
            )
            self.nextOffsets[batch.partition] = batch.nextOffset
            self.stamp = cycle.stamp.milliseconds
            end += UInt64(batch.count)
        }
        var pieces: [UnsafeRawBufferPointer] = []
        pieces.reserveCapacity(batches.count)
        for batch in batches { batch.appendPieces(to: &pieces) }
        try file.write(pieces, at: self.byte)
        try file.syncData()
        self.byte = end
        self.segment.extend(to: end, places: places)
        return LogPosition(segment: self.segment.number, byte: end)
    }

    /// Begins the next segment, which seals the active one: everything in it is synced.
    private func roll(catalog: SegmentCatalog) throws(LogFileError) {
        let header = SegmentHeader(
            number: self.segment.number + 1,
            salt: .random(in: .min ... .max),
            cycle: self.cycle,
            stamp: self.stamp,
            previousBytes: self.byte,
            nextOffsets: self.nextOffsets
        )
        let segment = try Segment.create(header, in: self.directory, files: self.files)
        catalog.append(segment)
        self.segment = segment
        self.file = segment.openFile
        self.byte = segment.firstByte
    }

    /// Notes durably that everything is synced; the next start removes the note before it writes.
    func leaveCleanMark(nextOffsets: [Int64]) throws(LogFileError) {
        let mark = CleanMark(segment: self.segment.number, bytes: self.byte, nextOffsets: nextOffsets)
        try self.files.replace("\(self.directory)/\(LogFileNames.cleanMark)", with: mark.encoded)
        try self.files.syncDirectory(self.directory)
    }

    func closeFile() {
        self.file = nil
    }
}

extension Segment {
    /// Makes a segment that holds only its header, durably: the name is there only with the whole header behind it.
    static func create(
        _ header: SegmentHeader,
        in directory: String,
        files: any LogFiles
    ) throws(LogFileError) -> Segment {
        let path = "\(directory)/\(LogFileNames.segment(header.number))"
        let file = try files.replace(path, with: header.bytes)
        try files.syncDirectory(directory)
        return Segment(
            header: header,
            path: path,
            readableBytes: UInt64(header.size),
            file: file,
            index: SparseIndex(firstByte: UInt64(header.size), baseOffsets: header.nextOffsets)
        )
    }
}

extension LogFiles {
    /// Gives `path` these bytes as a whole: written and synced under another name, then renamed. The caller syncs the
    /// folder. Returns the open file.
    @discardableResult
    func replace(_ path: String, with bytes: [UInt8]) throws(LogFileError) -> any LogFile {
        let unfinished = path + LogFileNames.unfinishedSuffix
        let file = try self.open(unfinished, .create)
        try file.write(bytes, at: 0)
        try file.syncData()
        try self.rename(unfinished, to: path)
        return file
    }
}
