internal import LogFormat

/// Checks every checksum of a topic piece by piece: its description, every segment's header, every frame and every
/// batch, and that offsets and cycles follow one another without a gap.
///
/// Nothing is changed. After a fault the rest of that segment is not looked at; the next one is. Calls block on files.
package struct TopicCheck: Sendable {
    /// Something that is not as it was written.
    package struct Fault: Equatable, Sendable {
        /// The file's name in the topic's folder.
        package var file: String
        /// Where in the file.
        package var byte: UInt64
        /// What is wrong there.
        package var detail: String

        /// A fault at a place.
        package init(file: String, byte: UInt64, detail: String) {
            self.file = file
            self.byte = byte
            self.detail = detail
        }
    }

    /// What was looked at and what was found.
    package struct Report: Equatable, Sendable {
        /// The topic's name.
        package var topic: String
        /// Segments looked at.
        package var segments = 0
        /// Good batches.
        package var batches = 0
        /// Records in them.
        package var records: Int64 = 0
        /// Bytes looked at.
        package var bytes: UInt64 = 0
        /// Bytes at the end that were being written when the gateway was killed: the next start cuts them off, and
        /// nobody was told that they are stored.
        package var tornBytes: UInt64 = 0
        /// What is wrong; empty: nothing.
        package var faults: [Fault] = []

        /// Nothing looked at yet.
        package init(topic: String) {
            self.topic = topic
        }
    }

    /// Bytes checked in one step, about.
    private static let stepBytes: UInt64 = 8 << 20

    /// What has been found so far.
    package private(set) var report: Report
    private let segments: [CapturedFile]
    private let description: CapturedFile?
    private let isEndSynced: Bool
    private var partitionCount: Int?
    /// Of the segment that is looked at.
    private var index = 0
    private var scan: SegmentScan?
    /// How far the bytes of the segment are counted.
    private var counted: UInt64 = 0

    /// A check of what `capture` holds; nothing is read yet.
    package init(_ capture: TopicCapture) {
        self.report = Report(topic: capture.topic)
        self.segments = capture.files.filter { LogFileNames.segmentNumber($0.name) != nil }
        self.description = capture.files.first { $0.name == LogFileNames.description }
        self.isEndSynced = capture.isEndSynced
    }

    /// Checks the next piece; `false` when the check is done.
    package mutating func step() throws(EventLogError) -> Bool {
        guard let partitionCount = try self.partitions() else { return false }
        let limit = self.report.bytes + TopicCheck.stepBytes
        while self.index < self.segments.count, self.report.bytes < limit {
            do throws(LogFileError) {
                if self.scan == nil { try self.begin(partitionCount: partitionCount) }
                if self.scan != nil { try self.scanSome(upTo: limit) }
            } catch {
                // A disk that cannot read the bytes has damaged them as well.
                self.fault(at: self.scan?.byte ?? 0, "\(error)")
                self.endSegment()
            }
        }
        return self.index < self.segments.count
    }

    /// The partition count, once; `nil` when nothing can be checked.
    private mutating func partitions() throws(EventLogError) -> Int? {
        if let partitionCount { return partitionCount }
        guard let description = self.description else {
            self.report.faults.append(Fault(file: LogFileNames.description, byte: 0, detail: "the file is missing"))
            return nil
        }
        guard let known = TopicDescription(reading: try description.read(at: 0, count: 4_096)) else {
            self.report.faults.append(
                Fault(file: LogFileNames.description, byte: 0, detail: "it is not a topic's description")
            )
            return nil
        }
        if self.segments.isEmpty {
            self.report.faults.append(Fault(file: LogFileNames.segment(0), byte: 0, detail: "the file is missing"))
            return nil
        }
        self.partitionCount = known.partitionCount
        return known.partitionCount
    }

    private mutating func begin(partitionCount: Int) throws(LogFileError) {
        let segment = self.segments[self.index]
        self.report.segments += 1
        self.counted = 0
        guard let header = try TopicCheck.header(of: segment, partitionCount: partitionCount) else {
            self.fault(at: 0, "the file does not begin with a valid header")
            return self.endSegment()
        }
        if self.index > 0 {
            let expected = (LogFileNames.segmentNumber(self.segments[self.index - 1].name) ?? 0) + 1
            if header.number != expected {
                self.report.faults.append(
                    Fault(file: LogFileNames.segment(expected), byte: 0, detail: "the file is missing")
                )
            }
        }
        self.scan = SegmentScan(after: header)
    }

    private mutating func scanSome(upTo limit: UInt64) throws(LogFileError) {
        guard var scan = self.scan else { return }
        let segment = self.segments[self.index]
        let end = try self.end(of: segment)
        guard segment.bytes >= end else {
            self.fault(at: segment.bytes, "the file ends here, \(end - segment.bytes) synced bytes are missing")
            return self.endSegment()
        }
        var walk = FrameWalk(file: segment.file, end: end)
        while self.report.bytes + (scan.byte - self.counted) < limit {
            switch try walk.step(&scan, verifyingBatch: true) {
            case .batch(_, let header):
                self.report.batches += 1
                self.report.records += Int64(header.recordCount)
            case .end, .needs:
                if !scan.isCycleComplete { self.judge(.short, scan, end: end) }
                self.scan = scan
                return self.endSegment()
            case .damaged(let fault):
                try self.judge(fault, scan, in: segment, end: end)
                self.scan = scan
                return self.endSegment()
            }
        }
        self.count(to: scan.byte)
        self.scan = scan
    }

    /// Bytes that belong to the segment: what the next one's header says, else the file's.
    private func end(of segment: CapturedFile) throws(LogFileError) -> UInt64 {
        guard self.index + 1 < self.segments.count, let partitionCount = self.partitionCount,
            let next = try TopicCheck.header(of: self.segments[self.index + 1], partitionCount: partitionCount),
            next.number == (LogFileNames.segmentNumber(segment.name) ?? 0) + 1
        else { return segment.bytes }
        return next.previousBytes
    }

    /// A torn write at the end of a log that is not open, or damage.
    private mutating func judge(
        _ fault: SegmentScan.Fault,
        _ scan: SegmentScan,
        in segment: CapturedFile,
        end: UInt64
    ) throws(LogFileError) {
        let isLast = self.index == self.segments.count - 1
        guard isLast, !self.isEndSynced else { return self.fault(at: scan.byte, TopicCheck.words(fault)) }
        var search = FrameSearch(behind: scan)
        var byte = scan.byte
        while byte < end {
            let window = try segment.file.bytes(at: byte, count: 1 << 20)
            window.withUnsafeBytes { search.look(at: $0, from: byte) }
            guard window.count > FrameSearch.overlap else { break }
            byte += UInt64(window.count - FrameSearch.overlap)
        }
        switch TailVerdict(fault: fault, scan: scan, search: search, synced: nil) {
        case .cut: self.report.tornBytes = end - scan.byte
        case .damaged: self.fault(at: scan.byte, TopicCheck.words(fault))
        }
    }

    /// The last cycle is not whole: a torn write where the log is not open.
    private mutating func judge(_ fault: SegmentScan.Fault, _ scan: SegmentScan, end: UInt64) {
        guard self.index == self.segments.count - 1, !self.isEndSynced else {
            return self.fault(at: end, "the last commit cycle is not whole")
        }
        self.report.tornBytes = end - scan.cycleStart
    }

    private mutating func endSegment() {
        self.count(to: self.segments[self.index].bytes)
        self.scan = nil
        self.index += 1
    }

    private mutating func count(to byte: UInt64) {
        self.report.bytes += max(byte, self.counted) - self.counted
        self.counted = max(byte, self.counted)
    }

    private mutating func fault(at byte: UInt64, _ detail: String) {
        self.report.faults.append(Fault(file: self.segments[self.index].name, byte: byte, detail: detail))
    }

    private static func header(
        of segment: CapturedFile,
        partitionCount: Int
    ) throws(LogFileError) -> SegmentHeader? {
        let bytes = try segment.file.bytes(at: 0, count: SegmentHeader.size(partitionCount: partitionCount))
        let header = bytes.withUnsafeBytes { SegmentHeader(reading: $0, partitionCount: partitionCount) }
        return header?.number == LogFileNames.segmentNumber(segment.name) ? header : nil
    }

    private static func words(_ fault: SegmentScan.Fault) -> String {
        switch fault {
        case .short: "no room for a stored batch before the end"
        case .frame: "no valid frame stands here"
        case .order: "the frame is not the one that comes next"
        case .length: "the batch runs past the end"
        case .batch(let code): "the batch is damaged: \(code)"
        }
    }
}
