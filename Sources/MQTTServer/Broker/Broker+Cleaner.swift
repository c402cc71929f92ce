import CoreMetrics
import EventLog
import LogFormat
import Logging
import MQTTCodec
import NIOCore
import NIOPosix
import Synchronization

extension Broker {
    /// What the cleaner appends again.
    private struct Moved {
        /// Records, each with the message it is of; `nil` for operations.
        var records: [(record: NewRecord, message: JournalRecord?)] = []
        var operations: [JournalOperation] = []
        var bytes = 0
    }

    /// Bytes the cleaner appends at a time.
    private static let moveBytesMax = 1 << 20

    /// Whether there are enough segments, and less than half of the journal is needed; not again before it has grown when
    /// cleaning came to nothing.
    func isCleaningDue(liveBytes: Int) -> Bool {
        let storedBytes = self.topic.storedBytes
        return self.topic.segmentSummaries.count > self.configuration.segmentsKept
            && UInt64(max(liveBytes, 0)) * 2 < storedBytes
            && storedBytes >= self.cleanableBytes.load(ordering: .relaxed)
    }

    /// Cleans in the background, unless that is going on.
    func startCleaning() {
        guard self.isCleaning.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
            return
        }
        Task {
            do {
                try await self.clean()
            } catch {
                self.logger.error("the journal of sessions is not cleaned", metadata: ["error": "\(error)"])
            }
            self.isCleaning.store(false, ordering: .releasing)
        }
    }

    /// Cleans until nothing is due. What is needed is known in bytes only about: when one pass over all segments has freed
    /// less than a quarter of what it read, the rest waits until the journal has grown by a segment.
    func clean() async throws {
        while true {
            var read = 0
            var freed = 0
            for _ in 1..<max(2, self.topic.segmentSummaries.count) {
                guard let segment = try await self.moveSegment() else { return }
                read += segment.read
                freed += segment.freed
            }
            guard freed < read / 4 else { continue }
            let size = self.topic.storedBytes + UInt64(self.configuration.segmentBytesMax)
            return self.cleanableBytes.store(size, ordering: .relaxed)
        }
    }

    /// One step of ``clean()``, unless that runs in the background; false when nothing is due.
    func cleanSegment() async throws -> Bool {
        guard self.isCleaning.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
            await Task.yield()
            return true
        }
        defer { self.isCleaning.store(false, ordering: .releasing) }
        return try await self.moveSegment() != nil
    }

    /// Appends again what is needed of the oldest segment, and removes it. Routing goes on meanwhile.
    ///
    /// 1. Copies are appended and synced; recovery takes the original for them as long as it is there.
    /// 2. What ended between the look at it and its copy is said again behind the copy, and synced.
    /// 3. The segment is removed: all that is said about its records from now on stands behind their copies.
    ///
    /// - Returns: its bytes, and how many of them were not needed, about; `nil` when nothing is due.
    private func moveSegment() async throws -> (read: Int, freed: Int)? {
        var liveBytes = 0
        var movedBytes = 0
        self.withState { liveBytes = $0.liveBytes }
        let segments = self.topic.segmentSummaries
        guard self.isCleaningDue(liveBytes: liveBytes), segments.count > 1 else { return nil }
        let end = segments[1].startOffsets[0]
        var position = try await self.onFileThread { try self.topic.position(at: .earliest) }
        var offset = segments[0].startOffsets[0]
        while offset < end {
            let from = position
            let result = try await self.onFileThread {
                try self.topic.read(from: from, maxBytes: Broker.moveBytesMax)
            }
            guard !result.batches.isEmpty else { break }
            var moved = Moved()
            for batch in result.batches where offset < end {
                for record in try batch.records {
                    self.collect(record, into: &moved)
                    offset = record.offset + 1
                }
            }
            try await self.move(moved)
            movedBytes += moved.bytes
            position = result.next
        }
        let number = segments[1].number
        try await self.onFileThread { try self.topic.removeSegments(before: number) }
        let read = Int(clamping: segments[0].bytes)
        return (read, max(0, read - movedBytes))
    }

    private func onFileThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result
    {
        try await NIOThreadPool.singleton.runIfActive(body)
    }

    /// Adds what is still needed of a record.
    private func collect(_ record: LogRecord, into moved: inout Moved) {
        switch JournalEntry(record) {
        case .message(var entry):
            var needed: JournalRecord?
            var isHeld = false
            self.withState { state in
                isHeld = entry.header.origin.map { state.isHeld($0, entry.header.sequence) } ?? false
                guard let known = state.records[entry.header.sequence],
                    known.offset < 0 || known.offset == record.offset
                else { return }
                let waiting = known.sessionNumbers
                entry.header.recipients.removeAll { !waiting.contains($0.session) }
                entry.header.setsRetained = known.isRetained
                needed = known
            }
            if let needed {
                moved.records.append((NewRecord(entry), needed))
                moved.bytes += entry.bytes
            } else if isHeld, let origin = entry.header.origin {
                moved.operations.append(
                    .accepted(
                        session: origin.session,
                        sequence: entry.header.sequence,
                        packetID: origin.packetID
                    )
                )
            }
        case .operations(let operations):
            let count = moved.operations.count
            self.withState { state in
                moved.operations += operations.filter { state.isNeeded($0) }
            }
            moved.bytes += 16 * (moved.operations.count - count)
        case .unknown:
            break
        }
    }

    private func move(_ moved: Moved) async throws {
        var records = moved.records.map(\.record)
        if !moved.operations.isEmpty { records.append(NewRecord(moved.operations)) }
        guard !records.isEmpty else { return }
        let locations = try await self.append(records)
        self.metrics.moved.increment(by: moved.records.count)
        var corrections: [JournalOperation] = []
        self.withState { state in
            for ((record, message), location) in zip(moved.records, locations) {
                guard let message, let header = JournalMessage(record) else { continue }
                message.offset = location.offset
                corrections += state.corrections(of: header, message)
            }
            for operation in moved.operations {
                if let correction = state.correction(of: operation) { corrections.append(correction) }
            }
        }
        guard !corrections.isEmpty else { return }
        _ = try await self.append([NewRecord(corrections)])
    }

    /// Appends, and waits while the journal has more than it can write.
    private func append(_ records: [NewRecord]) async throws -> [RecordLocation] {
        try await self.topic.append(records)
    }
}

extension NewRecord {
    /// A message once more.
    fileprivate init(_ entry: JournalEntry.Message) {
        self.init(
            key: Array(entry.topic.readableBytesView),
            value: Array(entry.payload.readableBytesView),
            headers: [RecordHeader(name: JournalMessage.headerName, value: entry.header.bytes)]
        )
    }

    fileprivate init(_ operations: [JournalOperation]) {
        self.init(key: nil, value: JournalOperation.bytes(operations))
    }
}

extension JournalMessage {
    /// The header of a record to append.
    fileprivate init?(_ record: NewRecord) {
        guard let value = record.headers.first?.value else { return nil }
        self.init(value)
    }
}

extension BrokerState {
    /// Whether the identifier of a client's QoS 2 publish is held since this message.
    fileprivate func isHeld(_ origin: JournalMessage.Origin, _ sequence: UInt64) -> Bool {
        self.sessions[origin.session]?.held[origin.packetID] == sequence
    }

    /// Whether an operation of a segment that goes says something that nothing behind it says.
    ///
    /// The end of a thing is needed no longer than the thing's records, which are never behind it.
    fileprivate func isNeeded(_ operation: JournalOperation) -> Bool {
        switch operation {
        case .received(let session, let sequence, let packetID):
            self.sessions[session]?.releases[packetID] == sequence
        case .accepted(let session, let sequence, let packetID):
            self.sessions[session]?.held[packetID] == sequence
        case .resumed(let session, let sequence):
            self.sessions[session]?.resumedSequence == sequence
        case .settled, .released, .ended:
            false
        }
    }

    /// What ended while the copy of a message was on its way.
    fileprivate func corrections(of copy: JournalMessage, _ record: JournalRecord) -> [JournalOperation] {
        let waiting = record.sessionNumbers
        var corrections = copy.recipients.filter { !waiting.contains($0.session) }
            .map { recipient -> JournalOperation in
                if self.sessions[recipient.session]?.releases[recipient.packetID] == copy.sequence {
                    return .received(
                        session: recipient.session,
                        sequence: copy.sequence,
                        packetID: recipient.packetID
                    )
                }
                return .settled(session: recipient.session, sequence: copy.sequence)
            }
        let isOver = copy.setsRetained && !record.isRetained || copy.will != nil && !record.isWill
        if isOver { corrections.append(.ended(sequence: copy.sequence)) }
        if let origin = copy.origin, !self.isHeld(origin, copy.sequence) {
            corrections.append(
                .released(session: origin.session, sequence: copy.sequence, packetID: origin.packetID)
            )
        }
        return corrections
    }

    /// The same for an operation's copy.
    fileprivate func correction(of copy: JournalOperation) -> JournalOperation? {
        guard !self.isNeeded(copy) else { return nil }
        switch copy {
        case .received(let session, let sequence, _):
            return .settled(session: session, sequence: sequence)
        case .accepted(let session, let sequence, let packetID):
            return .released(session: session, sequence: sequence, packetID: packetID)
        case .settled, .released, .ended, .resumed:
            return nil
        }
    }
}
