import CoreMetrics
import EventLog
import KafkaProtocol
import NIOCore
import NIOPosix
import TelemetryModel

/// ```
/// plan ─► records? ─ no ─► waiting ─ commit or deadline ─┐
///            │ yes  ◄──────────────────────────────────┘
///            └─► spaced? ─► budget ─► file thread ─► enough? ─ yes ─► answer
///                                           └─ no: waiting for a commit, and then a little for more of them
/// ```
/// Waiting costs no thread and no memory for records. Contract kafka §6.
extension KafkaConnection {
    /// How long a request that found less than it wants leaves the files alone, however much is committed.
    private static let readPause = TimeAmount.milliseconds(20)

    func fetch(_ request: FetchRequest, _ handle: RequestHandle) {
        guard request.sessionID == 0 else {
            return self.answer(handle, FetchAnswer(error: .fetchSessionIDNotFound, topics: []))
        }
        self.readAhead?.asked(at: .now())
        let plan = FetchPlan(request) { name throws(KafkaError) in try self.readTopic(name) }
        let bytesMax = min(max(0, Int(request.bytesMax)), self.fetchPace.bytes)
        let wait =
            request.bytesMin <= 0 || plan.isEmpty
            ? TimeAmount.zero
            : min(
                TimeAmount.milliseconds(Int64(max(0, request.waitMilliseconds))),
                TimeAmount(self.endpoint.configuration.fetchWaitMax)
            )
        let job = FetchPhase.Job(
            handle: handle,
            plan: plan,
            deadline: .now() + wait,
            // An answer that is full is enough, whatever the client wants.
            bytesMin: min(max(0, Int(request.bytesMin)), bytesMax),
            bytesMax: bytesMax
        )
        self.goOn(job)
    }

    /// A commit came to a topic that the Fetch waits for.
    func checkWaitingFetch() {
        guard case .waiting(let job, _) = self.fetch, self.goesOnWaiting() else { return }
        self.watch(job)
        // A commit may have come between the look and the watch.
        _ = self.goesOnWaiting()
    }

    /// A file thread has read.
    func fetched(_ request: UInt64, _ result: FetchResult) {
        guard case .reading(var job) = self.fetch, job.handle.number == request, self.closeReason == nil else {
            return self.endpoint.answerBytes.give(back: result.reservedBytes)
        }
        self.fetch = .none
        // What leaves records for want of room is as full as it will be.
        let isFull = result.bytes > 0 && result.leavesMore
        if result.bytes < job.bytesMin, !isFull, .now() < job.deadline, !self.isDraining,
            result.parts.allSatisfy({ $0.error == .noError })
        {
            self.endpoint.answerBytes.give(back: result.reservedBytes)
            job.readNotBefore = .now() + KafkaConnection.readPause
            job.endsRead = job.plan.ends
            return self.wait(job)
        }
        // What was taken for it, and what it is.
        var reservedBytes = result.reservedBytes
        if result.bytes > reservedBytes {
            self.endpoint.answerBytes.takeMore(result.bytes - reservedBytes)
        } else {
            self.endpoint.answerBytes.give(back: reservedBytes - result.bytes)
        }
        reservedBytes = result.bytes
        self.readAhead?.answered(
            records: result.recordCount,
            bytes: result.bytes,
            leavesMore: result.leavesMore,
            at: .now()
        )
        job.plan.fill(result)
        self.send(job, reservedBytes: reservedBytes)
    }

    /// The server stops: who waits for records is answered without any.
    func answerWaitingFetch() {
        switch self.fetch {
        case .waiting(let job, let timer):
            timer.cancel()
            self.stopWaiting(job)
            self.send(job, reservedBytes: 0)
        case .spaced(let job, let timer):
            timer.cancel()
            self.fetch = .none
            self.send(job, reservedBytes: 0)
        case .none, .queued, .reading: break
        }
    }

    /// The connection ends.
    func endFetch() {
        switch exchange(&self.fetch, with: .none) {
        case .none, .reading: break
        case .waiting(let job, let timer):
            timer.cancel()
            self.stopWaiting(job)
        case .spaced(_, let timer): timer.cancel()
        case .queued(_, let turn, let bytes):
            if !self.endpoint.answerBytes.giveUp(turn) { self.endpoint.answerBytes.give(back: bytes) }
        }
    }

    private func goOn(_ job: FetchPhase.Job) {
        switch job.plan.outlook {
        case .hasRecords: self.space(job)
        case .hasError:
            // With the records of the other partitions, if there are any.
            if job.plan.reads(turn: 0).isEmpty { self.send(job, reservedBytes: 0) } else { self.takeBudget(job) }
        case .atEnd:
            if job.deadline <= .now() || self.isDraining { self.send(job, reservedBytes: 0) } else { self.wait(job) }
        }
    }

    // MARK: Waiting

    private func wait(_ job: FetchPhase.Job) {
        self.fetch = .waiting(job, timer: self.timer(at: job.deadline))
        self.endpoint.metrics.fetchesWaiting.increment(by: 1)
        self.watch(job)
        // A commit may have come between the look and the watch.
        _ = self.goesOnWaiting()
    }

    private func watch(_ job: FetchPhase.Job) {
        for log in job.plan.logs { self.loop.watch(log).wait(self.id) }
    }

    private func timer(at deadline: NIODeadline) -> Scheduled<Void> {
        self.loop.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.waited() }
    }

    /// Looks at the partitions; goes on with the Fetch when there is anything new, and returns whether there is not.
    private func goesOnWaiting() -> Bool {
        guard case .waiting(var job, let timer) = self.fetch else { return false }
        job.plan.look()
        switch job.plan.outlook {
        case .atEnd: return true
        case .hasError: break
        case .hasRecords:
            if let read = job.endsRead, read == job.plan.ends { return true }
            if let earliest = job.readNotBefore, earliest > .now() {
                // Read once for all commits of the pause, which ends the wait without a further one.
                timer.cancel()
                self.fetch = .waiting(job, timer: self.timer(at: min(earliest, job.deadline)))
                return false
            }
        }
        timer.cancel()
        self.stopWaiting(job)
        self.goOn(job)
        return false
    }

    /// The deadline is there, or the pause after too little is over.
    private func waited() {
        guard case .waiting(var job, _) = self.fetch else { return }
        self.stopWaiting(job)
        job.plan.look()
        self.goOn(job)
    }

    private func stopWaiting(_ job: FetchPhase.Job) {
        self.fetch = .none
        self.readAhead?.waited(until: .now())
        self.endpoint.metrics.fetchesWaiting.decrement(by: 1)
        for log in job.plan.logs { self.loop.watch(log).leave(self.id) }
    }

    // MARK: Reading

    /// Holds an answer back that the client would take long before its application does.
    private func space(_ job: FetchPhase.Job) {
        let delay = self.readAhead?.delay(at: .now(), deadline: job.deadline) ?? .zero
        guard delay > .zero, !self.isDraining else { return self.takeBudget(job) }
        let timer = self.loop.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            guard case .spaced(var job, _) = self.fetch else { return }
            self.fetch = .none
            job.plan.look()
            self.goOn(job)
        }
        self.fetch = .spaced(job, timer: timer)
    }

    private func takeBudget(_ job: FetchPhase.Job) {
        let bytes = job.bytesMax
        let later = self.later
        let turn = self.endpoint.answerBytes.take(bytes) { later { $0.answerBudgetGranted() } }
        if let turn { self.fetch = .queued(job, turn: turn, bytes: bytes) } else { self.read(job) }
    }

    private func answerBudgetGranted() {
        guard case .queued(let job, _, _) = self.fetch else { return }
        self.read(job)
    }

    private func read(_ job: FetchPhase.Job) {
        self.fetch = .reading(job)
        self.fetchTurn &+= 1
        let reads = job.plan.reads(turn: self.fetchTurn & 0xFFFF)
        let mailbox = self.loop.mailbox
        self.endpoint.files.submit { [id = self.id, bytesMax = job.bytesMax, number = job.handle.number] _ in
            let result = FetchResult.reading(reads, bytesMax: bytesMax, reservedBytes: bytesMax)
            mailbox.post(.fetched(connection: id, request: number, result: result))
        }
    }

    private func send(_ job: FetchPhase.Job, reservedBytes: Int) {
        self.endpoint.metrics.fetchedBytes.increment(by: reservedBytes)
        let answer = FetchAnswer(topics: job.plan.topics)
        let pieces = answer.frame(correlationID: job.handle.correlationID, version: job.handle.version)
        self.complete(job.handle, KafkaReply(pieces: pieces, reservedBytes: reservedBytes))
    }

    private func readTopic(_ name: String) throws(KafkaError) -> LogTopic {
        try self.authorize(.read, on: name)
        guard let topic = self.endpoint.log.topic(named: name) else { throw .unknownTopicOrPartition }
        return topic
    }
}
