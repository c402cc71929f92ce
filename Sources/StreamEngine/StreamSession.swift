internal import EventLog
internal import LogFormat
internal import Logging
internal import NIOCore
internal import RecordCompression
internal import TelemetryModel

/// One run of a stream over an open log, step by step: read, process, append; checkpoints in between.
///
/// - Owned by one task. File reads block it for as long as the page cache takes.
/// - Results of a step are being synced while the next one is processed; never more than one step's results wait.
/// - A result is appended once: after a restart the records behind the checkpoint are processed again, and their results that an
///   output already holds are recognised (``WrittenResults``).
final class StreamSession {
    /// Appends results; a test puts a crash in its place.
    typealias Append = @Sendable (LogTopic, [NewRecord]) async throws(EventLogError) -> Void

    private(set) var status = StreamStatus()
    /// Whether the last step's read filled less than half of its room: little is left behind it.
    private(set) var isNearEnd = false
    private let configuration: StreamConfiguration
    private let append: Append
    private let input: LogTopic
    private let outputs: [LogTopic]
    private let file: CheckpointFile
    private let logger: Logger
    private var pipeline: StreamPipeline
    private var position: LogPosition
    private var nextOffsets: [Int64]
    private var written: [WrittenResults]
    /// Where the search for written results began, by output.
    private var searchStarts: [LogPosition] = []
    private var results: [StreamResult] = []
    private var inFlight: Task<Result<Void, EventLogError>, Never>?
    private var recordsSinceCheckpoint = 0

    /// Opens or makes the topics, restores the last checkpoint and looks for what was written after it. Blocks.
    init(
        _ configuration: StreamConfiguration,
        log: EventLog,
        logger: Logger,
        append: @escaping Append = { topic, records throws(EventLogError) in _ = try await topic.append(records) }
    ) throws(StreamError) {
        self.configuration = configuration
        self.append = append
        self.logger = logger
        self.file = try CheckpointFile(directory: configuration.checkpointDirectory, stream: configuration.name)
        let checkpoint = try StreamSession.checkpoint(in: self.file, logger: logger)
        do throws(EventLogError) {
            self.input = try log.openTopic(configuration.inputTopic)
            self.outputs = [
                try log.openTopic(configuration.windowTopic), try log.openTopic(configuration.alertTopic),
                try log.openTopic(configuration.deadLetterTopic),
            ]
            let restored = try StreamSession.restore(checkpoint, configuration, self.input, logger: logger)
            (self.pipeline, self.position, self.nextOffsets) = restored
            let inputPartitions = self.input.partitionCount
            self.written = self.outputs.map {
                WrittenResults(outputPartitions: $0.partitionCount, inputPartitions: inputPartitions)
            }
        } catch {
            throw .log(error)
        }
        for output in StreamResult.Output.allCases {
            let from = checkpoint.flatMap { $0.outputs.count > output.rawValue ? $0.outputs[output.rawValue] : nil }
            try self.findWritten(output, after: from)
        }
        self.updateStatus()
    }

    var inputTopic: LogTopic { self.input }

    /// Processes what can be read at once and hands its results to the outputs.
    ///
    /// - Returns: Whether there was anything.
    func step() async throws(StreamError) -> Bool {
        let read = try self.read()
        guard !read.batches.isEmpty else {
            // A segment may have begun that is still empty: waiting behind the one before would not wait.
            self.position = read.next
            try await self.flush()
            return false
        }
        let bytes = read.batches.reduce(0) { $0 + $1.bytes.readableBytes }
        self.isNearEnd = bytes < self.configuration.readBytesMax / 2
        for batch in read.batches { self.process(batch) }
        self.position = read.next
        let records = self.newRecords()
        try await self.flush()
        if records.contains(where: { !$0.isEmpty }) {
            self.inFlight = Task { [append, outputs] in
                do throws(EventLogError) {
                    for (topic, records) in zip(outputs, records) where !records.isEmpty {
                        try await append(topic, records)
                    }
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }
        }
        self.updateStatus()
        return true
    }

    /// Returns when nothing is under way any more, whatever came of it.
    func settle() async {
        _ = await self.inFlight?.value
    }

    /// Returns when every result so far is synced.
    func flush() async throws(StreamError) {
        guard let inFlight = self.inFlight else { return }
        self.inFlight = nil
        switch await inFlight.value {
        case .success: break
        case .failure(let error): throw .log(error)
        }
    }

    /// Returns when there is something to read, after `timeout`, or when the task is cancelled.
    func wait(atMost timeout: Duration?) async {
        let (input, position) = (self.input, self.position)
        guard let timeout else { return await input.waitForRecords(after: position) }
        await withTaskGroup { group in
            group.addTask { await input.waitForRecords(after: position) }
            // Cancelling ends the sleep early, which is no fault.
            group.addTask { try? await Task.sleep(for: timeout) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Whether records were processed that no checkpoint covers.
    var hasNews: Bool { self.recordsSinceCheckpoint > 0 }

    /// Whether so many records were processed since the last checkpoint that another one is due.
    var isCheckpointDue: Bool { self.recordsSinceCheckpoint >= self.configuration.checkpointRecords }

    /// Writes the state, once the results it covers are synced. Blocks.
    func checkpoint() async throws(StreamError) {
        try await self.flush()
        var state = StateWriter()
        self.pipeline.write(to: &state)
        let checkpoint = Checkpoint(
            configuration: self.configuration.fingerprint,
            input: self.position,
            nextOffsets: self.nextOffsets,
            outputs: self.outputs.indices.map { self.searchStart(of: $0) },
            pipeline: state.bytes
        )
        let bytes = checkpoint.bytes
        try self.file.replace(with: bytes)
        self.recordsSinceCheckpoint = 0
        self.status.checkpoints += 1
        self.status.checkpointBytes = bytes.count
    }

    /// Behind which an output holds every result of the records that are not processed yet. While this run repeats records that
    /// an earlier one had processed, that is where this run's own search began.
    private func searchStart(of output: Int) -> LogPosition {
        self.written[output].isPassed(nextOffsets: self.nextOffsets)
            ? self.outputs[output].end : self.searchStarts[output]
    }

    private func read() throws(StreamError) -> LogReadResult {
        do throws(EventLogError) {
            return try self.input.read(from: self.position, maxBytes: self.configuration.readBytesMax)
        } catch {
            throw .log(error)
        }
    }

    /// What a producer made unreadable is passed over, always in the same way: one producer does not stop the streams.
    private func process(_ batch: StoredBatch) {
        do throws(UnreadableBatch) {
            var reader = try RecordBatchReader(decompressing: batch.bytes)
            while let record = try reader.nextReadable() {
                guard record.offset >= self.nextOffsets[batch.partition] else { continue }
                self.process(record, partition: batch.partition)
                self.nextOffsets[batch.partition] = record.offset + 1
                self.recordsSinceCheckpoint += 1
            }
        } catch {
            self.skip(batch, reason: error)
        }
    }

    private func skip(_ batch: StoredBatch, reason: UnreadableBatch) {
        guard let header = try? batch.bytes.withUnsafeReadableBytes({ try RecordBatchHeader(reading: $0) }),
            header.nextOffset > self.nextOffsets[batch.partition]
        else { return }
        let count = header.nextOffset - max(header.baseOffset, self.nextOffsets[batch.partition])
        self.nextOffsets[batch.partition] = header.nextOffset
        self.recordsSinceCheckpoint += 1
        self.pipeline.passOver(count)
        self.logger.warning(
            "records that their producer made unreadable are passed over",
            metadata: [
                "topic": "\(self.input.name)", "partition": "\(batch.partition)", "records": "\(count)",
                "reason": "\(reason)",
            ]
        )
    }

    private func process(_ record: LogRecord, partition: Int) {
        record.value.withUnsafeReadableBytes { value in
            func run(_ key: UnsafeBufferPointer<UInt8>?) {
                self.pipeline.process(
                    key: key,
                    value: value.assumingMemoryBound(to: UInt8.self),
                    at: record.timestamp,
                    partition: partition,
                    offset: record.offset,
                    results: &self.results
                )
            }
            if let key = record.key {
                key.withUnsafeReadableBytes { run($0.assumingMemoryBound(to: UInt8.self)) }
            } else {
                run(nil)
            }
        }
    }

    /// The results that no output holds yet, by output.
    private func newRecords() -> [[NewRecord]] {
        var records: [[NewRecord]] = [[], [], []]
        for result in self.results {
            let output = result.output.rawValue
            let partition = self.outputs[output].partition(forKey: result.key)
            guard !self.written[output].contains(result.source, outputPartition: partition) else {
                self.status.recognizedResults += 1
                continue
            }
            records[output].append(result.record(stream: self.configuration.name, topic: self.input.name))
        }
        self.results.removeAll(keepingCapacity: true)
        return records
    }

    private func updateStatus() {
        self.status.position = self.position
        self.status.lagRecords = zip(self.input.endOffsets, self.nextOffsets).reduce(0) { $0 + max($1.0 - $1.1, 0) }
        self.status.counts = self.pipeline.counts
        self.status.devices = self.pipeline.deviceCount
        self.status.series = self.pipeline.seriesCount
    }
}

// MARK: Start

extension StreamSession {
    private static func checkpoint(in file: CheckpointFile, logger: Logger) throws(StreamError) -> Checkpoint? {
        guard let bytes = try file.read() else { return nil }
        do throws(Checkpoint.Fault) {
            return try Checkpoint(bytes)
        } catch {
            logger.warning(
                "the stream's checkpoint cannot be used, all records are read again and no result is written twice",
                metadata: ["file": "\(file.path)", "reason": "\(error)"]
            )
            try file.setAside()
            return nil
        }
    }

    /// The pipeline and where it goes on: from the checkpoint, or from the earliest record when there is none that fits the log.
    private static func restore(
        _ checkpoint: Checkpoint?,
        _ configuration: StreamConfiguration,
        _ input: LogTopic,
        logger: Logger
    ) throws(EventLogError) -> (StreamPipeline, LogPosition, [Int64]) {
        let start = (StreamPipeline(configuration), try input.position(at: .earliest), input.startOffsets)
        guard var checkpoint else { return start }
        let isOfThisLog =
            checkpoint.nextOffsets.count == input.partitionCount && checkpoint.input <= input.end
            && zip(checkpoint.nextOffsets, input.endOffsets).allSatisfy { $0 <= $1 }
        guard isOfThisLog else {
            logger.warning("the stream's checkpoint is not of this log, all records are read again")
            return start
        }
        if checkpoint.input < start.1 {
            let unread = zip(checkpoint.nextOffsets, start.2).reduce(0) { $0 + max($1.1 - $1.0, 0) }
            if unread > 0 {
                logger.warning("retention removed records the stream had not read", metadata: ["records": "\(unread)"])
            }
            checkpoint.input = start.1
            checkpoint.nextOffsets = zip(checkpoint.nextOffsets, start.2).map { max($0, $1) }
        }
        guard checkpoint.configuration == configuration.fingerprint else {
            logger.notice("the stream's settings have changed: it goes on from its checkpoint and learns anew")
            return (start.0, checkpoint.input, checkpoint.nextOffsets)
        }
        var state = StateReader(checkpoint.pipeline)
        do throws(StateReader.Fault) {
            return (try StreamPipeline(configuration, reading: &state), checkpoint.input, checkpoint.nextOffsets)
        } catch {
            logger.warning(
                "the stream's state cannot be used, all records are read again",
                metadata: ["byte": "\(error.offset)"]
            )
            return start
        }
    }

    /// Remembers which results an output holds behind a position; all of it when there is none.
    private func findWritten(_ output: StreamResult.Output, after start: LogPosition?) throws(StreamError) {
        let topic = self.outputs[output.rawValue]
        do throws(EventLogError) {
            let earliest = try topic.position(at: .earliest)
            var position = start.map { $0 <= topic.end ? max($0, earliest) : earliest } ?? earliest
            self.searchStarts.append(position)
            while true {
                let read = try topic.read(from: position, maxBytes: self.configuration.readBytesMax)
                if read.batches.isEmpty { return }
                for batch in read.batches { self.noteWritten(batch, output) }
                position = read.next
            }
        } catch {
            throw .log(error)
        }
    }

    /// A batch that cannot be read is not the stream's: it writes none such.
    private func noteWritten(_ batch: StoredBatch, _ output: StreamResult.Output) {
        guard var reader = try? batch.makeReader() else { return }
        while let record = (try? reader.next()) ?? nil {
            guard let header = record.headers.first(named: StreamSource.headerName),
                let source = StreamSource(
                    headerValue: header.readableBytesView,
                    stream: self.configuration.name,
                    topic: self.input.name
                )
            else { continue }
            self.written[output.rawValue].note(source, outputPartition: batch.partition)
        }
    }
}
