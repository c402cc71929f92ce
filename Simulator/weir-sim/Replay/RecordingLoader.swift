import FleetModel
import TelemetryModel

/// Reads one recording in batches, off the event loops: file and zlib calls block.
actor RecordingLoader {
    /// Rows of one batch: enough to pay for the hop, few enough to keep memory small.
    static let batchRowsMax = 1_024

    let path: String
    /// The file's size on disk.
    nonisolated let byteCount: Int
    private let file: RecordingFile
    private var reader: RecordingReader
    /// Why the file cannot be read on; told when the rows before it have been given out.
    private var failure: RecordingFile.Fault?
    /// Read by ``prepare()`` and not yet given out.
    private var first: RecordedReading?
    private var early = MalformedRows()

    /// Opens a recording; reads nothing yet.
    init(path: String, options: RecordingSchema.Options, start: Timestamp) throws(RecordingFile.Fault) {
        self.path = path
        self.file = try RecordingFile(path: path)
        self.byteCount = self.file.byteCount
        self.reader = RecordingReader(options: options, start: start)
    }

    /// Reads the header and the first reading.
    ///
    /// - Returns: the first reading's time; `nil` when the file has no reading.
    /// - Throws: when the header cannot be used or the file cannot be read; a sentence with the file's path.
    func prepare() throws(RecordingFile.Fault) -> Timestamp? {
        while true {
            switch try self.step() {
            case .reading(let reading):
                self.first = reading
                return reading.time
            case .malformed(let line, let fault):
                self.early.add(line: line, fault)
            case .needsMore, .end:
                return nil
            }
        }
    }

    /// The next batch. After one with an end there are no more.
    func next() -> RecordingBatch {
        var batch = RecordingBatch(malformed: self.early)
        self.early = MalformedRows()
        if let first = self.first {
            batch.readings.append(first)
            self.first = nil
        }
        do {
            let limit = batch.malformed.count + RecordingLoader.batchRowsMax
            while batch.end == nil, batch.readings.count + batch.malformed.count < limit {
                switch try self.step() {
                case .reading(let reading): batch.readings.append(reading)
                case .malformed(let line, let fault): batch.malformed.add(line: line, fault)
                case .needsMore, .end: batch.end = .complete
                }
            }
        } catch {
            batch.end = .failed("\(error)")
        }
        batch.bytesRead = self.file.bytesRead
        return batch
    }

    /// The next row, reading on as needed; never `needsMore`.
    private func step() throws(RecordingFile.Fault) -> RecordingReader.Step {
        while true {
            let step: RecordingReader.Step
            do {
                step = try self.reader.next()
            } catch {
                throw RecordingFile.Fault(path: self.path, reason: "\(error)")
            }
            guard step == .needsMore else { return step }
            if let failure = self.failure { throw failure }
            do {
                let hasMore = try self.file.readPiece { self.reader.append($0) }
                if !hasMore { self.reader.finish() }
            } catch {
                self.failure = error
            }
        }
    }
}
