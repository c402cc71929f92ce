internal import LogFormat
internal import Logging
internal import Synchronization
internal import TelemetryModel

/// Writes a topic's cycles to its active segment and begins new segments.
final class SegmentWriter: @unchecked Sendable {  // because only the writer thread uses it, and others after its end
    let directory: String
    let files: any LogFiles
    /// Bytes of a segment before the next one begins; may be set by any thread.
    let segmentBytesMax: Atomic<UInt64>
    /// Milliseconds from a segment's first append to the next segment; may be set by any thread.
    let rollMilliseconds: Atomic<Int64>
    /// The stamp of the first append to the active segment, ms since 1970; the latest there is while it is empty.
    let firstStamp: Atomic<Int64>
    private let disk: DiskGuard
    private let logger: Logger
    private var segment: Segment
    private var file: (any LogFile)?
    /// What stands in the active segment.
    private var byte: UInt64
    private var nextOffsets: [Int64]
    private var stamp: Int64
    private var cycle: UInt16
    /// A place at most 64 KiB and one cycle before the end.
    private var resume: ResumePoint
    /// Bytes of the active segment that the index beside it is of; 0: there is none.
    private var indexedBytes: UInt64

    init(recovered: RecoveredTopic, settings: TopicSettings, files: any LogFiles, disk: DiskGuard, logger: Logger) {
        self.directory = recovered.directory
        self.files = files
        self.disk = disk
        self.logger = logger
        self.segmentBytesMax = Atomic(UInt64(settings.segmentBytesMax))
        self.rollMilliseconds = Atomic(settings.rollMilliseconds)
        self.firstStamp = Atomic(recovered.firstStamp ?? .max)
        self.segment = recovered.active
        self.file = recovered.active.openFile
        self.byte = recovered.scan.byte
        self.nextOffsets = recovered.scan.nextOffsets
        self.stamp = recovered.stamp
        self.cycle = recovered.scan.cycle
        self.resume = recovered.resume
        self.indexedBytes = recovered.indexedBytes
    }

    /// Goes on behind a recovery, when no writer thread runs.
    func adopt(_ recovered: RecoveredTopic) {
        self.firstStamp.store(recovered.firstStamp ?? .max, ordering: .relaxed)
        self.segment = recovered.active
        self.file = recovered.active.openFile
        self.byte = recovered.scan.byte
        self.nextOffsets = recovered.scan.nextOffsets
        self.stamp = max(self.stamp, recovered.stamp)
        self.cycle = recovered.scan.cycle
        self.resume = recovered.resume
        self.indexedBytes = recovered.indexedBytes
    }

    /// Writes a cycle with one write and one fdatasync, and lets readers see it; returns the new end.
    ///
    /// An empty cycle only begins the next segment when the active one is full or too old. After an error nothing may be
    /// written any more.
    func write(_ cycle: CommitCycle, catalog: SegmentCatalog) throws(LogFileError) -> LogPosition {
        let batches = cycle.batches
        let bytes = batches.reduce(0) { $0 + $1.count }
        if self.isRollDue(adding: bytes, at: cycle.stamp.milliseconds) { try self.roll(catalog: catalog) }
        // The end is in the last segment, also while that is empty: those before it may be removed.
        if batches.isEmpty { return LogPosition(segment: self.segment.number, byte: self.byte) }
        return try self.write(batches, bytes: bytes, stamp: cycle.stamp.milliseconds)
    }

    private func write(_ batches: [BatchBuffer], bytes: Int, stamp: Int64) throws(LogFileError) -> LogPosition {
        guard let file = self.file else { preconditionFailure("the segment's file is open until the log closes") }
        if self.byte >= self.resume.byte + ResumePoint.interval {
            self.resume.byte = self.byte
            self.resume.cycle = self.cycle
            self.resume.stamp = self.stamp
            self.resume.nextOffsets = self.nextOffsets
        }
        self.cycle &+= 1
        var places: [SegmentPlace] = []
        // A place copies the offsets: only those are made that the index may take.
        var nextEntryAt = self.segment.nextEntryAt
        var end = self.byte
        for (index, batch) in batches.enumerated() {
            if end >= nextEntryAt {
                places.append(SegmentPlace(byte: end, stamp: self.stamp, nextOffsets: self.nextOffsets))
                nextEntryAt = end + SparseIndex.interval
            }
            batch.seal(
                stamp: stamp,
                cycle: self.cycle,
                isLastOfCycle: index == batches.count - 1,
                salt: self.segment.header.salt
            )
            self.nextOffsets[batch.partition] = batch.nextOffset
            self.stamp = stamp
            end += UInt64(batch.count)
        }
        var pieces: [UnsafeRawBufferPointer] = []
        pieces.reserveCapacity(batches.count)
        for batch in batches { batch.appendPieces(to: &pieces) }
        try file.write(pieces, at: self.byte)
        try file.syncData()
        if self.byte == self.segment.firstByte { self.firstStamp.store(stamp, ordering: .relaxed) }
        self.byte = end
        self.segment.extend(to: end, places: places)
        self.disk.wrote(bytes)
        return LogPosition(segment: self.segment.number, byte: end)
    }

    private func isRollDue(adding bytes: Int, at stamp: Int64) -> Bool {
        guard self.byte > self.segment.firstByte else { return false }
        if self.byte + UInt64(bytes) > self.segmentBytesMax.load(ordering: .relaxed) { return true }
        let (age, isOver) = stamp.subtractingReportingOverflow(self.firstStamp.load(ordering: .relaxed))
        return !isOver && age >= self.rollMilliseconds.load(ordering: .relaxed)
    }

    /// Begins the next segment, which seals the active one: everything in it is synced.
    private func roll(catalog: SegmentCatalog) throws(LogFileError) {
        self.storeIndex()
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
        self.firstStamp.store(.max, ordering: .relaxed)
        self.resume = ResumePoint(after: header)
        self.indexedBytes = 0
    }

    /// Leaves the active segment's index beside it, unless it is there or there is nothing in it.
    private func storeIndex() {
        guard self.indexedBytes != self.byte, let index = self.segment.index, index.count > 0 else { return }
        let stored = SegmentIndexFile(
            bytes: self.byte,
            stamp: self.stamp,
            firstStamp: self.firstStamp.load(ordering: .relaxed),
            resume: self.resume,
            index: index
        )
        do throws(LogFileError) {
            try self.files.write(stored, of: self.segment.header, at: self.segment.path)
            self.segment.noteStoredIndex()
            self.indexedBytes = self.byte
        } catch {
            self.logger.warning("no index beside a segment, it is made when needed", metadata: ["error": "\(error)"])
        }
    }

    /// Notes durably that everything is synced; the next start removes the note before it writes.
    func leaveCleanMark(nextOffsets: [Int64]) throws(LogFileError) {
        self.storeIndex()
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
