import CoreMetrics
import DequeModule
import EventLog
import Logging
import NIOCore
import TelemetryModel

/// One event loop's way into the log: its connections, its appender and the acknowledgements it owes.
///
/// ```
/// reads of one turn ──stage──► appender ──submit, once per turn──► log ──notice, one per commit──► PUBACKs, one flush
///                              gathering ──────► waiting (FIFO) ───────────────┘                   per connection
/// ```
/// - Confined to its event loop; nothing here is locked.
/// - A PUBACK is written only by ``committed(_:)`` with a notice that says *synced*.
/// - Staged records are bounded by `stagedBytesMax` and one read; submitted ones by the topic's own bound, at which
///   the connections of this loop are not read any more until the next notice.
final class IngestLoop {
    let endpoint: Endpoint
    let eventLoop: NIOIsolatedEventLoop
    var tally = LoopTally()
    /// CONNECTs that wait for a decision.
    private(set) var authentications = 0
    /// Subscriptions that wait for their save.
    private var saves = 0
    /// Whether the topic has more than it can write: publishes wait in their connections.
    private(set) var isHeldBack = false
    private(set) var isDraining = false

    private var appender: LogAppender?
    private var gathering = AcknowledgementBatch()
    private var waiting: Deque<AcknowledgementBatch> = []
    /// Emptied batches whose memory is used again.
    private var spare: [AcknowledgementBatch] = []
    private var isTurnScheduled = false
    private var connections: [UInt64: ConnectionHandler] = [:]
    /// Connections with answers to flush at the end of ``committed(_:)``.
    private var dirty: [ConnectionHandler] = []
    /// Connections that want to go on when the topic does.
    private var parked: [ConnectionHandler] = []
    private var drained: EventLoopPromise<Void>?

    private static let spareMax = 4

    /// Call on the event loop.
    init(endpoint: Endpoint, eventLoop: any EventLoop) {
        self.endpoint = endpoint
        self.eventLoop = eventLoop.assumeIsolated()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        self.appender = endpoint.topic.makeAppender { notice in
            // On the topic's writer thread: one hop per loop and commit.
            eventLoop.execute { bound.value.committed(notice) }
        }
    }

    // MARK: Connections

    /// A socket was accepted.
    func add(_ connection: ConnectionHandler) {
        self.connections[connection.id] = connection
        self.endpoint.metrics.sockets.increment(by: 1)
    }

    /// A socket is gone.
    func remove(_ connection: ConnectionHandler) {
        guard self.connections.removeValue(forKey: connection.id) != nil else { return }
        self.endpoint.connections.leave()
        self.endpoint.metrics.sockets.decrement(by: 1)
        self.finishDrainIfEmpty()
    }

    // MARK: Tasks off the loop

    /// Asks for a decision about CONNECT; the answer comes on this loop, whatever became of the connection.
    func authenticate(_ request: ConnectRequest, then answer: @escaping (ConnectDecision) -> Void) {
        self.authentications += 1
        let authenticator = self.endpoint.authenticator
        self.eventLoop.nonisolated()
            .makeFutureWithTask { await authenticator.authenticate(request) }
            .assumeIsolated()
            .whenSuccess { decision in
                self.authentications -= 1
                answer(decision)
                self.finishDrainIfEmpty()
            }
    }

    /// Saves subscriptions; the result comes on this loop, whatever became of the connection.
    func save(
        _ subscriptions: [String],
        of identity: IdentityID,
        then answer: @escaping (Result<Void, any Error>) -> Void
    ) {
        self.saves += 1
        let sessions = self.endpoint.sessions
        self.eventLoop.nonisolated()
            .makeFutureWithTask { try await sessions.save(subscriptions: subscriptions, of: identity) }
            .assumeIsolated()
            .whenComplete { result in
                self.saves -= 1
                answer(result)
                self.finishDrainIfEmpty()
            }
    }

    // MARK: Staging

    /// Encodes a record behind the others of this turn.
    func stage(_ template: RecordTemplate, value: ByteBuffer, properties: EncodedHeaders) {
        guard let appender else { return }
        if self.gathering.stagedAt == .distantFuture { self.gathering.stagedAt = self.eventLoop.nonisolated().now }
        appender.stage(template, value: value, properties: properties)
    }

    /// Notes the identifier of a QoS 1 publish that was staged.
    func stagePacketID(_ packetID: UInt16) {
        self.gathering.packetIDs.append(packetID)
    }

    /// A connection staged what one read brought.
    func finishRun(of connection: ConnectionHandler, messages: Int, bytes: Int) {
        self.gathering.runs.append(
            AcknowledgementBatch.Run(
                connection: connection,
                messages: messages,
                bytes: bytes,
                packetIDsEnd: self.gathering.packetIDs.count
            )
        )
        guard let appender, appender.stagedBytes < self.endpoint.configuration.stagedBytesMax else {
            self.submit()
            return
        }
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

    private func submit() {
        guard let appender, appender.stagedCount > 0 else { return }
        switch appender.submit() {
        case .accepted(let ticket):
            self.gathering.ticket = ticket
            self.waiting.append(self.gathering)
            self.gathering = self.spare.popLast() ?? AcknowledgementBatch()
            // The notice for this ticket lets the connections go on.
            self.isHeldBack = self.endpoint.topic.isBackedUp
        case .refused(.backedUp):
            // What is staged stays; a notice follows, and submits again.
            self.isHeldBack = true
        case .refused(let refusal):
            self.endpoint.logger.error("telemetry refused", metadata: ["refusal": "\(refusal)"])
            var lost = self.gathering
            self.gathering = AcknowledgementBatch()
            self.fail(&lost)
        }
    }

    // MARK: Commit notices

    private func committed(_ notice: CommitNotice) {
        while let first = self.waiting.first, first.ticket <= notice.ticket {
            var batch = self.waiting.removeFirst()
            switch notice.outcome {
            case .synced: self.acknowledge(&batch)
            case .failed: self.fail(&batch)
            }
        }
        for connection in exchange(&self.dirty, with: []) { connection.flushAcknowledgements() }
        self.isHeldBack = false
        self.submit()
        if !self.isHeldBack {
            for connection in exchange(&self.parked, with: []) { connection.unpark() }
        }
        self.tally.flush(into: self.endpoint.metrics)
    }

    private func acknowledge(_ batch: inout AcknowledgementBatch) {
        let latency = self.eventLoop.nonisolated().now - batch.stagedAt
        self.endpoint.metrics.acknowledge.recordNanoseconds(latency.nanoseconds)
        batch.packetIDs.withUnsafeBufferPointer { packetIDs in
            var start = 0
            for run in batch.runs {
                run.connection.acknowledge(
                    UnsafeBufferPointer(rebasing: packetIDs[start..<run.packetIDsEnd]),
                    messages: run.messages,
                    bytes: run.bytes
                )
                start = run.packetIDsEnd
            }
        }
        batch.reset()
        if self.spare.count < IngestLoop.spareMax { self.spare.append(batch) }
    }

    /// Closes the publishers of records that the log did not take, without PUBACK.
    private func fail(_ batch: inout AcknowledgementBatch) {
        self.endpoint.metrics.unacknowledged.increment(by: batch.messages)
        for run in batch.runs { run.connection.close(.logUnavailable) }
    }

    /// Flushes a connection's acknowledgements when all of the notice are written.
    func flushLater(_ connection: ConnectionHandler) {
        self.dirty.append(connection)
    }

    /// Resumes a connection when the topic takes records again.
    func park(_ connection: ConnectionHandler) {
        self.parked.append(connection)
    }

    // MARK: Shutdown

    /// Stops reading, waits until all that was taken is acknowledged, closes; the future ends when no socket is left,
    /// or when the time is over.
    func drain(within timeout: TimeAmount) -> EventLoopFuture<Void> {
        let promise = self.eventLoop.nonisolated().makePromise(of: Void.self)
        self.drained = promise
        self.isDraining = true
        for connection in Array(self.connections.values) { connection.drain() }
        let deadline = self.eventLoop.scheduleTask(in: timeout) {
            for connection in Array(self.connections.values) { connection.close(.serverShutdown) }
            self.finishDrain()
        }
        promise.futureResult.whenComplete { _ in deadline.cancel() }
        self.finishDrainIfEmpty()
        return promise.futureResult
    }

    private func finishDrainIfEmpty() {
        guard self.isDraining, self.connections.isEmpty, self.authentications == 0, self.saves == 0 else { return }
        self.finishDrain()
    }

    private func finishDrain() {
        // Wills and QoS 0 messages of this turn.
        self.submit()
        self.tally.flush(into: self.endpoint.metrics)
        // The appender's notices hold this object.
        self.appender = nil
        exchange(&self.drained, with: nil)?.succeed()
    }
}
