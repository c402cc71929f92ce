import EventLog
import LogFormat
import MQTTCodec
import MQTTProtocol
import NIOCore
import TelemetryModel

/// Reads `_mqtt` from its first record to its last and makes the broker's state of it.
///
/// - A message waits for those of its recipients that are sessions of the store and have no *settled* behind it.
/// - A record whose sequence was there before is a copy by the cleaner: only its place counts, since operations between
///   the two hold for both.
/// - The retained message of a topic is the one with the highest sequence.
/// Memory: about 150 bytes for every message of the journal, which the cleaner bounds, and the retained bodies.
struct JournalRecovery {
    /// A message that was found.
    private final class Found {
        var header: JournalMessage
        var offset: Int64
        var bytes: Int
        /// The body of a retained message or a Will.
        var body: BrokerMessage?

        init(header: JournalMessage, offset: Int64, bytes: Int, body: BrokerMessage?) {
            self.header = header
            self.offset = offset
            self.bytes = bytes
            self.body = body
        }
    }

    /// A packet identifier of a session.
    private struct Identifier: Hashable {
        var session: Int64
        var packetID: UInt16
    }

    /// A QoS 2 delivery, as its client and its message name it.
    private struct Exchange: Hashable {
        var session: Int64
        var sequence: UInt64
    }

    /// Sessions of the store whose life is over.
    private(set) var endedNumbers: [Int64] = []
    private let state: BrokerState
    private let now: Timestamp
    private var found: [UInt64: Found] = [:]
    private var retained: [ByteBuffer: UInt64] = [:]
    private var releases: [Exchange: UInt16] = [:]
    /// What was settled before a copy of its message, or of its PUBREC, came.
    private var finished: Set<Exchange> = []
    private var endedSequences: Set<UInt64> = []
    private var held: [Identifier: UInt64] = [:]
    private var released: [Identifier: UInt64] = [:]

    init(configuration: Broker.Configuration, rows: [StoredSessionRow], now: Timestamp) {
        self.state = BrokerState(configuration: configuration)
        self.now = now
        for row in rows {
            let session = BrokerSession(number: row.number, key: row.key, expirySeconds: row.expirySeconds)
            session.disconnectedAt = row.disconnectedAt ?? now
            guard row.expirySeconds > 0, self.state.isAlive(session, at: now), self.state.slots[row.key] == nil else {
                self.endedNumbers.append(row.number)
                continue
            }
            if row.disconnectedAt == nil, row.expirySeconds != .max { self.state.disconnects[row.number] = .some(now) }
            session.subscriptions = row.subscriptions
            let slot = self.state.addSlot(row.key)
            slot.session = session
            session.use = slot.use
            self.state.sessions[row.number] = session
            for subscription in row.subscriptions where !subscription.isHubFilter {
                _ = self.state.tree.subscribe(subscription, by: session)
            }
            self.state.scheduleEnd(of: session)
        }
    }

    /// Reads everything. Blocks.
    mutating func read(_ topic: LogTopic) throws {
        var position = try topic.position(at: .earliest)
        while true {
            let result = try topic.read(from: position, maxBytes: 1 << 20)
            for batch in result.batches {
                for record in try batch.records { self.read(record) }
            }
            if result.batches.isEmpty, result.next == position { return }
            position = result.next
        }
    }

    /// Takes in one record, in the order of offsets.
    mutating func read(_ record: LogRecord) {
        switch JournalEntry(record) {
        case .message(let entry): self.read(entry, offset: record.offset)
        case .operations(let operations): for operation in operations { self.read(operation) }
        case .unknown: break
        }
    }

    mutating func read(_ entry: JournalEntry.Message, offset: Int64) {
        let header = entry.header
        self.state.lastSequence = max(self.state.lastSequence, header.sequence)
        if let origin = header.origin {
            self.hold(Identifier(session: origin.session, packetID: origin.packetID), header.sequence)
        }
        if let known = self.found[header.sequence] {
            known.offset = offset
            return
        }
        let keepsBody = header.setsRetained || header.will != nil
        var known = header
        known.properties = []
        known.recipients.removeAll { recipient in
            let exchange = Exchange(session: recipient.session, sequence: header.sequence)
            // A copy behind what was said of its original, which is gone.
            return self.state.sessions[recipient.session] == nil || self.releases[exchange] != nil
                || self.finished.contains(exchange)
        }
        self.found[header.sequence] = Found(
            header: known,
            offset: offset,
            bytes: entry.bytes,
            body: keepsBody ? entry.message : nil
        )
        guard header.setsRetained else { return }
        let topic = ByteBuffer(bytes: entry.topic.readableBytesView)
        if let before = self.retained[topic] {
            guard before < header.sequence else {
                self.found[header.sequence]?.body = nil
                return
            }
            self.found[before]?.body = nil
        }
        self.retained[topic] = header.sequence
    }

    private mutating func read(_ operation: JournalOperation) {
        switch operation {
        case .settled(let session, let sequence):
            self.settle(session, sequence)
            let exchange = Exchange(session: session, sequence: sequence)
            if self.releases.removeValue(forKey: exchange) != nil || self.found[sequence] == nil {
                self.finished.insert(exchange)
            }
        case .received(let session, let sequence, let packetID):
            self.settle(session, sequence)
            let exchange = Exchange(session: session, sequence: sequence)
            guard self.state.sessions[session] != nil, !self.finished.contains(exchange) else { return }
            self.releases[exchange] = packetID
        case .accepted(let session, let sequence, let packetID):
            self.hold(Identifier(session: session, packetID: packetID), sequence)
        case .released(let session, let sequence, let packetID):
            let identifier = Identifier(session: session, packetID: packetID)
            self.released[identifier] = max(self.released[identifier] ?? 0, sequence)
        case .ended(let sequence):
            self.endedSequences.insert(sequence)
        case .resumed(let session, let sequence):
            guard let session = self.state.sessions[session] else { break }
            session.resumedSequence = max(session.resumedSequence, sequence)
        }
        self.state.lastSequence = max(self.state.lastSequence, operation.sequence)
    }

    private mutating func hold(_ identifier: Identifier, _ sequence: UInt64) {
        guard self.state.sessions[identifier.session] != nil else { return }
        self.held[identifier] = max(self.held[identifier] ?? 0, sequence)
    }

    private func settle(_ session: Int64, _ sequence: UInt64) {
        self.found[sequence]?.header.recipients.removeAll { $0.session == session }
    }

    // MARK: The state

    /// The state, when everything is read.
    mutating func finish() -> BrokerState {
        for session in self.state.sessions.values {
            session.flow = OutboundFlow(
                messagesMax: .max,
                bytesMax: self.state.configuration.clientQueueBytesMax
            )
            session.flow?.detach()
            session.inbound = InboundQoS2(countMax: self.state.configuration.inboundQoS2Max)
        }
        self.recoverIdentifiers()
        for (sequence, found) in self.found.sorted(by: { $0.key < $1.key }) { self.recover(sequence, found) }
        self.found = [:]
        return self.state
    }

    private func recoverIdentifiers() {
        for (exchange, packetID) in self.releases.sorted(by: { $0.key.sequence < $1.key.sequence }) {
            guard let session = self.state.sessions[exchange.session] else { continue }
            session.packetIDs.insert(packetID)
            session.releases[packetID] = exchange.sequence
            let message = QueuedMessage(
                qos: .exactlyOnce,
                isRetained: false,
                packetID: packetID,
                record: JournalRecord(sequence: exchange.sequence, expiresAt: nil),
                message: nil
            )
            session.flow?.recover(received: message, packetID: packetID)
        }
        for (identifier, sequence) in self.held where self.released[identifier] ?? 0 < sequence {
            guard let session = self.state.sessions[identifier.session] else { continue }
            session.held[identifier.packetID] = sequence
            session.inbound?.recover(identifier.packetID)
        }
    }

    private func recover(_ sequence: UInt64, _ found: Found) {
        let header = found.header
        let record = JournalRecord(sequence: sequence, expiresAt: header.expiresAt)
        record.offset = found.offset
        record.bytes = found.bytes
        self.state.records[sequence] = record
        self.state.liveBytes += record.bytes
        for recipient in header.recipients {
            guard let session = self.state.sessions[recipient.session] else { continue }
            self.state.note(session, waitsFor: record)
            if recipient.packetID != 0 { session.packetIDs.insert(recipient.packetID) }
            let message = QueuedMessage(
                qos: recipient.qos,
                isRetained: recipient.isRetained,
                packetID: recipient.packetID,
                subscriptionIDs: recipient.subscriptionIDs,
                record: record,
                message: nil
            )
            let wasAway = recipient.wasAway && session.resumedSequence < sequence
            if wasAway { session.awaitsResume = true }
            // Of others nobody knows whether they were sent before. [MQTT-3.3.1-1]
            _ = session.flow?.enqueue(message, perhapsSent: !wasAway)
        }
        if let body = found.body { self.recover(body, record, header) }
        self.state.release(record)
    }

    /// A retained message, or a Will that waits.
    private func recover(_ body: BrokerMessage, _ record: JournalRecord, _ header: JournalMessage) {
        guard !self.endedSequences.contains(record.sequence) else { return }
        if let will = header.will {
            self.recover(will, body, record)
        } else if header.setsRetained, body.expiresAt.map({ self.now < $0 }) ?? true {
            self.state.setRetained(body, record)
        }
    }
}

extension JournalRecovery {
    /// A Will that waited for its delay, or whose connection ended with the process: that was no DISCONNECT.
    /// [MQTT-3.1.2-8]
    private func recover(_ kept: JournalMessage.Will, _ body: BrokerMessage, _ record: JournalRecord) {
        let session = self.state.sessions[kept.session]
        // Without its session the Will is due: the session's end is not later than its delay's.
        let due = session.map { kept.time.due(after: self.now, expirySeconds: $0.expirySeconds) } ?? self.now
        let will = JournaledWill(
            message: kept.time.message(body, at: due),
            time: .due(due),
            session: kept.session,
            principal: session?.key.principal,
            record: record
        )
        record.isWill = true
        // A later connection brought a later Will: the session was resumed, so the delay of this one ended. [MQTT-3.1.3-9]
        if let older = session?.will, !older.isDue(at: self.now) { _ = self.state.finish(older) }
        session?.will = will
        self.state.dues.add(.will(will), at: due)
    }
}

extension JournalOperation {
    /// The sequence it is about.
    var sequence: UInt64 {
        switch self {
        case .settled(_, let sequence), .received(_, let sequence, _), .accepted(_, let sequence, _),
            .released(_, let sequence, _), .ended(let sequence), .resumed(_, let sequence):
            sequence
        }
    }
}
