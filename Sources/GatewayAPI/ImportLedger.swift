import EventLog
import HubProtocol
import LogFormat
import NIOCore
import TelemetryModel

/// How far each import came, so that a repeated one stores nothing twice: also after a crash of either side.
///
/// - A reading's record says which import it belongs to and its number in it. Readings come in order, so the highest
///   number in the log is how far the import came.
/// - The hidden topic `_imports` says where in the log to look: before an import's first reading, and now and then, it
///   gets a record with the import, an offset, and the number of the import's first reading behind it. But for the first
///   such record, a reading is stored behind the offset: a topic that was deleted and made anew is told by its missing.
/// - `_imports` keeps ``journalBytes``, which is 40,000 notes or more: an import that so many have followed is new again.
/// - A device cannot write the property: see ``StampedHeaders/imported``. Who may produce into the topic as a Kafka client
///   can, and makes an import of that device look done: no more than the producer could do by other records.
/// - What was asked for lately is in memory, at most ``importsMax``.
actor ImportLedger {
    /// How far an import came.
    struct Progress: Equatable {
        /// Number of the first reading that is not stored.
        var next: Int64
        /// What the next note says: a place before the last request's readings.
        var anchor: ImportNote?
        /// Readings that `_imports` does not know of.
        var unnoted: Int64
    }

    /// Names an import: of one file, for one device, into one topic.
    struct Key: Hashable {
        var topic: String
        var device: IdentityID
        /// 1 to 64 letters and digits, the same for the same file and options.
        var id: String
    }

    /// The hidden topic's name.
    static let topicName = "_imports"
    /// Bytes of `_imports` that are always kept; a note takes 200. It is read whole for an import that is not known.
    static let journalBytes: Int64 = 8 << 20
    private static let importsMax = 256
    private static let readBytesMax = 1 << 20

    private let log: EventLog
    private let files: BlockingPool
    /// Readings after which `_imports` gets another record: so many are read back at most.
    private let noteReadings: Int64
    private var known: [Key: Progress] = [:]
    /// Imports that a request is working on: a second one waits.
    private var busy: Set<Key> = []
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(log: EventLog, files: BlockingPool, noteReadings: Int64) {
        self.log = log
        self.files = files
        self.noteReadings = noteReadings
    }

    /// Number of the first reading of an import that is not stored.
    func next(of key: Key, in topic: LogTopic) async throws -> Int64 {
        await self.enter(key)
        defer { self.leave(key) }
        return try await self.progress(of: key, in: topic).next
    }

    /// Stores the readings that are not stored yet, synced when this returns.
    ///
    /// - Returns: how many were new, and the number of the first reading that is not stored.
    func store(_ lines: [ImportBody.Line], of key: Key, in topic: LogTopic) async throws -> (stored: Int, next: Int64) {
        await self.enter(key)
        defer { self.leave(key) }
        var progress = try await self.progress(of: key, in: topic)
        let new = lines.filter { $0.number >= progress.next }
        guard let last = new.last else { return (0, progress.next) }
        let partition = topic.partition(forKey: key.device.description.utf8)
        let here = ImportNote(partition: partition, offset: topic.endOffsets[partition], next: progress.next)
        if progress.anchor == nil || progress.unnoted >= self.noteReadings {
            try await self.write(progress.anchor ?? here, of: key)
            progress.unnoted = 0
        }
        // Unknown while it is under way: a request that is cut off here leaves the truth to the log.
        self.known[key] = nil
        try await ImportLedger.append(new, of: key, to: topic)
        progress.next = last.number + 1
        progress.anchor = here
        progress.unnoted += Int64(new.count)
        self.remember(progress, of: key)
        return (new.count, progress.next)
    }

    // MARK: One at a time

    private func enter(_ key: Key) async {
        while self.busy.contains(key) {
            await withCheckedContinuation { self.waiting.append($0) }
        }
        self.busy.insert(key)
    }

    private func leave(_ key: Key) {
        self.busy.remove(key)
        for continuation in exchange(&self.waiting, with: []) { continuation.resume() }
    }

    // MARK: What is known

    private func progress(of key: Key, in topic: LogTopic) async throws -> Progress {
        if let known = self.known[key] { return known }
        let log = self.log
        let progress = try await self.files.run { try ImportLedger.find(key, in: topic, log: log) }
        self.remember(progress, of: key)
        return progress
    }

    private func remember(_ progress: Progress, of key: Key) {
        // Anyone of them: what is forgotten is found again in the log.
        if self.known.count >= ImportLedger.importsMax, self.known[key] == nil, let other = self.known.keys.first {
            self.known[other] = nil
        }
        self.known[key] = progress
    }

    private func write(_ note: ImportNote, of key: Key) async throws {
        let log = self.log
        let journal = try await self.files.run { try ImportLedger.openJournal(in: log) }
        _ = try await journal.append([NewRecord(key: Array(key.text.utf8), value: Array(note.text.utf8))])
    }

    /// The topic `_imports`, made and bounded when it is not; blocks.
    private static func openJournal(in log: EventLog) throws(EventLogError) -> LogTopic {
        let journal = try log.openTopic(ImportLedger.topicName, partitions: 1)
        var settings = journal.settings
        settings.retentionBytes = ImportLedger.journalBytes
        settings.segmentBytesMax = TopicSettings.segmentBytesRange.lowerBound
        // By size only: a file for every hour with an import would be too many.
        settings.segmentMillisecondsMax = TopicSettings.segmentMillisecondsRange.upperBound
        if settings != journal.settings { try log.configureTopic(ImportLedger.topicName, settings: settings) }
        return journal
    }

    /// Looks in the log; blocks.
    private static func find(_ key: Key, in topic: LogTopic, log: EventLog) throws -> Progress {
        let none = Progress(next: 0, anchor: nil, unnoted: 0)
        guard let note = try ImportLedger.lastNote(of: key, log: log) else { return none }
        var next = note.next
        let end = topic.endOffsets
        let partition = topic.partition(forKey: key.device.description.utf8)
        // A topic that was deleted and made anew knows nothing of the import.
        guard partition == note.partition, note.offset <= end[partition] else { return none }
        let first = max(note.offset, topic.startOffsets[partition])
        // What retention has taken was stored.
        var isFound = note.next == 0 || first > note.offset
        guard first < end[partition] else {
            return isFound ? Progress(next: next, anchor: note, unnoted: 0) : none
        }
        var position = try topic.position(at: .offset(partition: partition, first))
        let prefix = Array("\(key.id)/".utf8)
        while true {
            let read = try topic.read(from: position, maxBytes: ImportLedger.readBytesMax)
            if read.batches.isEmpty {
                return isFound ? Progress(next: next, anchor: note, unnoted: next - note.next) : none
            }
            for batch in read.batches where batch.partition == partition {
                guard var records = try? batch.makeReader() else { continue }  // a client's; imports write none such
                while let record = try? records.next() {
                    guard let property = record.headers.first(named: StampedHeaders.imported)?.readableBytesView,
                        property.starts(with: prefix),
                        record.key?.readableBytesView.elementsEqual(key.device.description.utf8) == true,
                        let number = Int64(String(decoding: property.dropFirst(prefix.count), as: UTF8.self))
                    else { continue }
                    next = max(next, number + 1)
                    isFound = true
                }
            }
            position = read.next
        }
    }

    private static func lastNote(of key: Key, log: EventLog) throws -> ImportNote? {
        guard let journal = log.topic(named: ImportLedger.topicName) else { return nil }
        var position = try journal.position(at: .earliest)
        var note: ImportNote?
        while true {
            let read = try journal.read(from: position, maxBytes: ImportLedger.readBytesMax)
            if read.batches.isEmpty { return note }
            for batch in read.batches {
                for record in try batch.records
                where record.key?.readableBytesView.elementsEqual(key.text.utf8) == true {
                    note = ImportNote(reading: record.value.readableBytesView) ?? note
                }
            }
            position = read.next
        }
    }

    /// Appends the readings in one commit cycle; returns when they are synced.
    private static func append(
        _ lines: [ImportBody.Line],
        of key: Key,
        to topic: LogTopic
    ) async throws(HubError) {
        let partition = topic.partition(forKey: key.device.description.utf8)
        let template = RecordTemplate(device: key.device, partition: partition)
        while true {
            // Exactly one notice follows a submit that was accepted, and one that was held back (with ticket 0).
            let outcome = await withCheckedContinuation { continuation in
                let appender = topic.makeAppender { continuation.resume(returning: Outcome.notice($0)) }
                for line in lines {
                    let properties = ImportLedger.properties(of: line, key)
                    appender.stage(template, value: ByteBuffer(bytes: line.body), properties: properties)
                }
                switch appender.submit() {
                case .accepted, .refused(.backedUp): break
                case .refused(let refusal): continuation.resume(returning: Outcome.refused(refusal))
                }
            }
            switch outcome {
            case .refused(let refusal):
                throw HubError(.unavailable, "the topic \(topic.name) takes no records now: \(refusal)")
            case .notice(let notice):
                if case .failed(let reason) = notice.outcome {
                    throw HubError(.unavailable, "the topic \(topic.name) is fenced: \(reason)")
                }
                if notice.ticket != 0 { return }
            }
        }
    }

    private enum Outcome: Sendable {
        case notice(CommitNotice)
        case refused(SubmitRefusal)
    }

    private static func properties(of line: ImportBody.Line, _ key: Key) -> EncodedHeaders {
        var headers = EncodedHeaders()
        headers.append(name: "content-type", value: "application/json")
        headers.append(name: "iothub-creation-time-utc".utf8, value: line.time.iso8601)
        headers.append(name: DeviceHeaders.historical, value: "true")
        headers.append(name: StampedHeaders.imported, value: "\(key.id)/\(line.number)")
        return headers
    }
}

extension ImportLedger.Key {
    /// The key of its records in `_imports`.
    fileprivate var text: String { "\(self.topic) \(self.device) \(self.id)" }
}
