import CoreMetrics
import DequeModule
import EventLog
import Logging
import NIOCore
import TelemetryModel

/// One event loop's way into the logs: its connections, its appenders and the acknowledgements it owes.
///
/// ```
/// reads of one turn ─┬─stage────► telemetry appender ─┐ submit, once per turn  ┌─ notices, one per commit and log
///                    └─publish──► broker: `_mqtt` ────┴──► waiting (FIFO) ─────┴─► first batches whose notices are in:
///                                                                                  answers, deliveries, one flush each
/// ```
/// - Confined to its event loop; nothing here is locked.
/// - An acknowledgement is written only by ``completeReady()``, for a batch whose notices all said *synced*.
/// - Staged records are bounded by `stagedBytesMax` and one read; submitted ones by the topics' own bounds, at which
///   the connections of this loop are not read any more until the next notice.
final class IngestLoop {
    let endpoint: Endpoint
    let eventLoop: NIOIsolatedEventLoop
    let broker: BrokerLoop
    var tally = LoopTally()
    /// The message that is delivered at the moment.
    var deliveries = DeliveryCache()
    /// Whether a log has more than it can write: publishes wait in their connections.
    private(set) var isHeldBack = false
    var isDraining = false
    /// CONNECTs that wait for a decision.
    var authentications = 0
    /// The addresses they come from.
    var sources: [String: AuthenticationTurns] = [:]
    /// Connections that wait for their session.
    var attachments = 0
    var connections: [UInt64: ConnectionHandler] = [:]
    /// Sockets whose turn has not come.
    var held: [UInt64: AdmissionHandler] = [:]
    var drained: EventLoopPromise<Void>?
    /// The numbers of this loop's devices; `nil` when the server does not look at numbers.
    let numbers: NumbersLoop?
    /// Templates of devices that others speak for.
    var ingestTemplates: [IdentityID: RecordTemplate] = [:]

    /// `nil` when the loop has ended.
    private var telemetry: LogLane?
    /// `nil` before the first dead letter.
    private var deadLetters: LogLane?
    private var gathering = AcknowledgementBatch()
    var waiting: Deque<AcknowledgementBatch> = []
    /// Emptied batches whose memory is used again.
    var spare: [AcknowledgementBatch] = []
    private var isTurnScheduled = false
    /// Whether the broker has something for ``BrokerLoop/endTurn()``: a turn with telemetry alone does not ask it.
    var hasBrokerWork = false
    /// Messages of the broker's turn, and where the gathering batch's answers to it begin.
    private var turnMessages: Int32 = 0
    private var turnAnswersStart = 0
    var isCompleting = false
    /// Connections with something to flush at the end of ``completeReady()``.
    var dirty: [ConnectionHandler] = []
    /// Memory for the next ones.
    var dirtySpare: [ConnectionHandler] = []
    var isFlushScheduled = false
    /// Connections that want to go on when the logs do.
    private var parked: [ConnectionHandler] = []

    /// Call on the event loop.
    init(endpoint: Endpoint, eventLoop: any EventLoop) {
        self.endpoint = endpoint
        self.eventLoop = eventLoop.assumeIsolated()
        self.broker = BrokerLoop(broker: endpoint.broker, eventLoop: eventLoop)
        self.numbers = endpoint.numbers.map {
            NumbersLoop($0, eventLoop: eventLoop, clock: endpoint.configuration.clock)
        }
        self.numbers?.loop = self
        self.broker.owner = self
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let appender = endpoint.topic.makeAppender { notice in
            // On the topic's writer thread: one hop per loop and commit.
            eventLoop.execute { bound.value.telemetryCommitted(notice) }
        }
        self.telemetry = LogLane(appender, of: endpoint.topic)
    }

    // MARK: Staging

    /// Encodes a record behind the others of this turn.
    func stage(_ template: RecordTemplate, value: ByteBuffer, properties: EncodedHeaders) {
        guard let appender = self.telemetry?.appender else { return }
        if self.gathering.stagedAt == .distantFuture { self.gathering.stagedAt = self.eventLoop.nonisolated().now }
        appender.stage(template, value: value, properties: properties)
    }

    /// Encodes a message that could not be read; its publisher's answer waits for it like for telemetry.
    func stage(_ letter: DeadLetter) {
        guard self.telemetry != nil, let appender = self.deadLetterAppender() else { return }
        if self.gathering.stagedAt == .distantFuture { self.gathering.stagedAt = self.eventLoop.nonisolated().now }
        var headers = EncodedHeaders()
        for header in letter.headers { headers.append(name: header.name.utf8, value: header.value.utf8) }
        let partition = self.endpoint.deadLetters?.partition(forKey: letter.key) ?? 0
        appender.stage(
            RecordTemplate(key: letter.key, partition: partition),
            value: letter.value,
            properties: headers
        )
    }

    private func deadLetterAppender() -> LogAppender? {
        if let appender = self.deadLetters?.appender { return appender }
        guard let topic = self.endpoint.deadLetters else { return nil }
        let eventLoop = self.eventLoop.nonisolated()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let appender = topic.makeAppender { notice in
            eventLoop.execute { bound.value.deadLettersCommitted(notice) }
        }
        self.deadLetters = LogLane(appender, of: topic)
        return appender
    }

    /// Notes the identifier of telemetry of QoS 1 that was staged.
    func stagePacketID(_ packetID: UInt16) {
        self.gathering.packetIDs.append(packetID)
    }

    /// Notes another answer than a plain PUBACK of telemetry.
    func stageAnswer(_ answer: PackedAnswer) {
        self.gathering.answers.append(answer)
    }

    /// What is answered next waits for an earlier submit, too: the record that it answers for is in that.
    func answersWait(forTelemetry ticket: UInt64) {
        self.gathering.telemetry.add(ticket)
    }

    /// Gives a message to the broker's turn; returns its number in it.
    func gather(_ message: InboundMessage, on route: TopicRoute, from attachment: Attachment) -> Int32 {
        if self.gathering.stagedAt == .distantFuture { self.gathering.stagedAt = self.eventLoop.nonisolated().now }
        if self.turnMessages == 0 { self.turnAnswersStart = self.gathering.answers.count }
        self.broker.publish(message, on: route, from: attachment)
        self.hasBrokerWork = true
        defer { self.turnMessages += 1 }
        return self.turnMessages
    }

    /// A connection staged what one read brought.
    func finishRun(of connection: ConnectionHandler, messages: Int, bytes: Int) {
        self.gathering.runs.append(
            AcknowledgementBatch.Run(
                connection: connection,
                messages: messages,
                bytes: bytes,
                packetIDsEnd: self.gathering.packetIDs.count,
                answersEnd: self.gathering.answers.count
            )
        )
        let stagedBytes = (self.telemetry?.appender.stagedBytes ?? 0) + (self.deadLetters?.appender.stagedBytes ?? 0)
        guard stagedBytes < self.endpoint.configuration.stagedBytesMax else { return self.submit() }
        self.scheduleTurn()
    }

    /// Makes the end of this turn of the event loop submit and count. It runs behind all reads of the turn.
    func scheduleTurn() {
        guard !self.isTurnScheduled else { return }
        self.isTurnScheduled = true
        self.eventLoop.execute {
            self.isTurnScheduled = false
            self.submit()
            self.tally.flush(into: self.endpoint.metrics)
        }
    }

    /// Hands what was gathered to the logs; what waits for none of them is completed.
    func submit() {
        guard self.endBrokerTurn(), !self.gathering.isEmpty,
            self.submit(\.telemetry, \.telemetry)
        else { return }
        self.numbers?.submitted(ticket: self.gathering.telemetry.last)
        guard self.submit(\.deadLetters, \.deadLetters) else { return }
        self.noteHeldBack()
        self.waiting.append(self.gathering)
        self.gathering = self.spare.popLast() ?? AcknowledgementBatch()
        if self.waiting.count == 1, self.waiting[0].isComplete { self.completeReady() }
    }

    /// Hands over what is staged for one log; false when the batch must not go on: it waits, or has failed.
    private func submit(
        _ lane: ReferenceWritableKeyPath<IngestLoop, LogLane?>,
        _ submits: WritableKeyPath<AcknowledgementBatch, AwaitedSubmits>
    ) -> Bool {
        switch self[keyPath: lane]?.submit() ?? .nothing {
        case .nothing: break
        case .ticket(let number):
            // Not in place of an earlier one, of which a notice may be on its way.
            self.gathering[keyPath: submits].add(number)
            self.gathering.isDurable = true
        case .heldBack:
            // A notice follows, and submits again.
            self.noteHeldBack()
            return false
        case .refused(let refusal):
            self.failGathering(refusal)
            return false
        }
        return true
    }

    /// Routes what the turn published; false when nothing may be submitted now.
    private func endBrokerTurn() -> Bool {
        guard self.hasBrokerWork else { return true }
        switch self.broker.endTurn() {
        case .nothing:
            self.hasBrokerWork = false
        case .turn(let turn):
            self.hasBrokerWork = false
            self.turnMessages = 0
            self.gathering.add(turn, answersFrom: self.turnAnswersStart)
        case .heldBack:
            self.noteHeldBack()
            self.isHeldBack = true
            return false
        case .refused(let refusal):
            self.hasBrokerWork = false
            self.failGathering(refusal)
            return false
        }
        return true
    }

    private func noteHeldBack() {
        self.isHeldBack =
            self.telemetry?.isHeldBack == true || self.broker.isHeldBack || self.deadLetters?.isHeldBack == true
    }

    private func failGathering(_ refusal: SubmitRefusal) {
        self.endpoint.logger.error("messages refused", metadata: ["refusal": "\(refusal)"])
        var lost = self.gathering
        self.gathering = AcknowledgementBatch()
        self.turnMessages = 0
        self.telemetry?.appender.discard()
        self.deadLetters?.appender.discard()
        self.numbers?.discard()
        self.fail(&lost)
    }

    // MARK: Commit notices

    private func telemetryCommitted(_ notice: CommitNotice) {
        self.telemetry?.isHeldBack = false
        self.numbers?.committed(notice)
        self.note(notice, of: \.telemetry)
        self.goOn()
    }

    private func deadLettersCommitted(_ notice: CommitNotice) {
        self.deadLetters?.isHeldBack = false
        self.note(notice, of: \.deadLetters)
        self.goOn()
    }

    /// Tells the batches that wait for the log, and the gathering one: it waits for earlier submits when it answers for what is
    /// in them, or another log held it back.
    func note(_ notice: CommitNotice, of submits: WritableKeyPath<AcknowledgementBatch, AwaitedSubmits>) {
        var isSynced = false
        if case .synced = notice.outcome { isSynced = true }
        for position in self.waiting.indices {
            // All behind it goes after it, with a later notice; but what is lost must not be taken for synced by that.
            if !self.waiting[position].note(notice, of: submits), isSynced { return }
        }
        _ = self.gathering.note(notice, of: submits)
    }

    func goOn() {
        self.completeReady()
        self.noteHeldBack()
        self.submit()
        if !self.isHeldBack {
            for connection in exchange(&self.parked, with: []) { connection.unpark() }
        }
        self.tally.flush(into: self.endpoint.metrics)
    }

    /// Resumes a connection when the logs take records again.
    func park(_ connection: ConnectionHandler) {
        self.parked.append(connection)
    }

    /// The last turn is over: nothing is taken any more.
    func closeLogs() {
        // Wills and QoS 0 messages of this turn.
        self.submit()
        self.broker.shutdown()
        self.numbers?.close()
        self.tally.flush(into: self.endpoint.metrics)
        // The appenders' notices hold this object.
        self.telemetry = nil
        self.deadLetters = nil
    }
}
