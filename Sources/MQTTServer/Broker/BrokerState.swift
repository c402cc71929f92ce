import MQTTCodec
import MQTTProtocol
import NIOCore
import TelemetryModel

/// What all event loops share: subscriptions, retained messages, sessions, and who needs which record of `_mqtt`.
final class BrokerState: @unchecked Sendable {  // because it is used only under the broker's lock
    /// A topic's retained message.
    struct Retained {
        let message: BrokerMessage
        let record: JournalRecord
        /// Who published it; `nil` when that was before the start.
        let owner: PrincipalUse?
    }

    let configuration: Broker.Configuration
    var tree = SubscriptionTree<BrokerSession>()
    var retained = RetainedTree<Retained>()
    var retainedBytes = 0
    /// Retained messages on their way to the log.
    var reservedCount = 0
    var reservedBytes = 0
    var slots: [SessionKey: SessionSlot] = [:]
    /// Of principals that have anything.
    var uses: [Principal: PrincipalUse] = [:]
    /// Persistent sessions by number.
    var sessions: [Int64: BrokerSession] = [:]
    /// Records that are needed, by sequence.
    var records: [UInt64: JournalRecord] = [:]
    var liveBytes = 0
    /// Messages that wait for persistent sessions.
    var waitingCount = 0
    var lastSequence: UInt64 = 0
    var loops: [LoopSlot] = []
    var dues = DueQueue()
    /// Connections that began or ended since the store was told.
    var disconnects: [Int64: Timestamp?] = [:]
    var drops = Drops()
    var isClosed = false
    /// Sessions whose queue became full, for the observer.
    var fullSessions: [SessionKey] = []
    /// Retained messages whose copy by the cleaner stands behind the record that ended them: what is to be journaled, and
    /// what is kept until that is durable.
    var endings: [(sequence: UInt64, by: JournalRecord?)] = []
    /// Event loops with deliveries that nobody has told them of; taken by whoever has the lock, before it goes.
    var woken: [LoopSlot] = []
    /// Copies of retained messages that were not sent, to be journaled as settled by the loop whose turn it was.
    var outdated: [Outdated] = []

    /// A delivery that is settled without being sent.
    struct Outdated {
        let sequence: UInt64
        let session: BrokerSession
        let packetID: UInt16
    }

    /// Counts for the metrics, taken by the timer.
    struct Drops {
        var slow = 0
        var full = 0
        var expired = 0
        var retainedRefused = 0
        var routed = 0

        mutating func add(_ other: Drops) {
            self.slow += other.slow
            self.full += other.full
            self.expired += other.expired
        }
    }

    init(configuration: Broker.Configuration) {
        self.configuration = configuration
    }

    func takeSequence() -> UInt64 {
        self.lastSequence += 1
        return self.lastSequence
    }

    // MARK: Records

    func add(_ record: JournalRecord) {
        self.records[record.sequence] = record
        self.liveBytes += record.bytes
    }

    /// Forgets a record that nobody needs any more.
    func release(_ record: JournalRecord) {
        guard !record.isNeeded, self.records.removeValue(forKey: record.sequence) != nil else { return }
        self.liveBytes -= record.bytes
    }

    /// The session needs the message no more.
    func settle(_ record: JournalRecord, _ session: BrokerSession) {
        guard record.remove(session) else { return }
        session.waitingCount -= 1
        self.waitingCount -= 1
        if let use = session.use {
            use.waitingCount -= 1
            if use.waitingCount == 0 { self.release(use) }
        }
        self.noteRoom(session)
        self.release(record)
    }

    /// A session whose queue was full is full no more, when there is room for a message of any QoS.
    func noteRoom(_ session: BrokerSession) {
        guard session.isFull, session.waitingCount < self.configuration.sessionQueueMax,
            session.packetIDs.count < self.configuration.sessionQueueQoS2Max
        else { return }
        session.isFull = false
    }

    /// The session waits for the message.
    func note(_ session: BrokerSession, waitsFor record: JournalRecord) {
        record.add(session)
        session.waitingCount += 1
        self.waitingCount += 1
        session.use?.waitingCount += 1
    }

    // MARK: Retained messages

    /// Whether there is room for a retained message; its room is kept until ``setRetained(_:_:reserved:)``.
    ///
    /// - Parameters:
    ///   - message: to be retained.
    ///   - owner: who publishes it, and has a share of its own; `nil` for the gateway.
    /// - Returns: false when there is none.
    func reserveRetained(_ message: BrokerMessage, by owner: PrincipalUse?) -> Bool {
        let old = self.retained.value(topic: message.topic)
        let count = self.retained.count + self.reservedCount + (old == nil ? 1 : 0)
        let bytes = self.retainedBytes + self.reservedBytes + message.bytes - (old?.message.bytes ?? 0)
        guard count <= self.configuration.retainedMax, bytes <= self.configuration.retainedBytesMax,
            owner.map({ self.hasShare($0, for: message, insteadOf: old) }) ?? true
        else {
            self.drops.retainedRefused += 1
            return false
        }
        self.reservedCount += 1
        self.reservedBytes += message.bytes
        owner?.retainedCount += 1
        owner?.retainedBytes += message.bytes
        return true
    }

    private func hasShare(_ owner: PrincipalUse, for message: BrokerMessage, insteadOf old: Retained?) -> Bool {
        let isOwn = old?.owner === owner
        return owner.retainedCount + (isOwn ? 0 : 1) <= self.configuration.retainedShare
            && owner.retainedBytes + message.bytes - (isOwn ? old?.message.bytes ?? 0 : 0)
                <= self.configuration.retainedBytesShare
    }

    func unreserve(_ bytes: Int, by owner: PrincipalUse?) {
        guard bytes > 0 else { return }
        self.reservedCount -= 1
        self.reservedBytes -= bytes
        if let owner { self.giveBack(bytes, of: owner) }
    }

    private func giveBack(_ bytes: Int, of owner: PrincipalUse) {
        owner.retainedCount -= 1
        owner.retainedBytes -= bytes
        self.release(owner)
    }

    /// A durable message is its topic's retained one, or with no payload ends it. [MQTT-3.3.1-5] [MQTT-3.3.1-6]
    ///
    /// The later one in the order of sequences stays, whatever loop is first to come here.
    func setRetained(_ message: BrokerMessage, _ record: JournalRecord, by owner: PrincipalUse? = nil) {
        let old = self.retained.value(topic: message.topic)
        if let old, old.record.sequence > record.sequence { return }
        let isEnd = message.payload.readableBytes == 0  // [MQTT-3.3.1-7]
        if !isEnd {
            record.isRetained = true
            self.retainedBytes += message.bytes
            if let owner {
                self.uses[owner.principal] = owner
                owner.retainedCount += 1
                owner.retainedBytes += message.bytes
            }
            if let expiresAt = message.expiresAt {
                self.dues.add(.retained(topic: message.topic, sequence: record.sequence), at: expiresAt)
            }
        }
        self.retained.set(topic: message.topic, isEnd ? nil : Retained(message: message, record: record, owner: owner))
        guard let old else { return }
        self.forget(old)
        guard old.record.offset > record.offset else { return }
        // The cleaner moved it meanwhile: without this the copy would be all that is left when the end is cleaned away.
        if isEnd { record.isRetained = true }
        self.endings.append((old.record.sequence, isEnd ? record : nil))
    }

    /// Takes a retained message out of the counts.
    private func forget(_ old: Retained) {
        self.retainedBytes -= old.message.bytes
        if let owner = old.owner { self.giveBack(old.message.bytes, of: owner) }
        old.record.isRetained = false
        self.release(old.record)
    }

    /// A retained message's life is over. [MQTT-3.3.2-5]
    func expireRetained(topic: ByteBuffer, sequence: UInt64) {
        guard let old = self.retained.value(topic: topic), old.record.sequence == sequence else { return }
        self.retained.set(topic: topic, nil)
        self.forget(old)
        self.drops.expired += 1
    }
}

/// An event loop as the others know it.
final class LoopSlot: @unchecked Sendable {  // because its variables are used only under the broker's lock
    /// A delivery on its way to the loop of its connection.
    struct Item {
        let attachment: Attachment
        let message: QueuedMessage
    }

    let eventLoop: any EventLoop
    let loop: NIOLoopBound<BrokerLoop>
    var inbox: [Item] = []
    /// Whether somebody will look into the inbox.
    var isScheduled = false

    init(eventLoop: any EventLoop, loop: BrokerLoop) {
        self.eventLoop = eventLoop
        self.loop = NIOLoopBound(loop, eventLoop: eventLoop)
    }
}
