internal import DeviceRegistry
internal import EventLog
internal import HubProtocol
internal import Logging
internal import ServiceLifecycle
internal import Synchronization

/// Brings the events of the outbox into the log: each exactly once, in order, also over a crash.
///
/// - An event is removed from the outbox only when it is synced in the log; the topics' offsets of that moment are remembered.
/// - Before the first append to a topic, and after a failed one, the topic is read from those offsets: what is in it already
///   is recognised by its number and not appended again.
/// - While the log takes nothing the events stay in the outbox. With ``backlogMax`` of this run, twins take no writes.
final class OutboxPump: Sendable {
    /// Events that may wait for the log.
    static let backlogMax = 100_000
    private static let batchCount = 1_000
    private static let batchBytes = 4 << 20
    /// How often the outbox is looked at when nobody says that something is in it, and how long it waits after a fault.
    private static let interval = Duration.milliseconds(500)

    private struct State {
        var fault: String?
        /// Added in this run and not seen in the log.
        var backlog = 0
        var flushes: [OneShot<Bool>] = []
    }

    private let store: any OutboxStore
    private let log: EventLog
    private let threads: StoreThreads
    private let hubName: String
    private let clock: HubClock
    private let logger: Logger
    private let state = Mutex(State())
    private let wakes = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    private let started = ContinuousClock.now

    init(
        _ store: any OutboxStore,
        log: EventLog,
        threads: StoreThreads,
        hubName: String,
        clock: HubClock,
        logger: Logger
    ) {
        self.store = store
        self.log = log
        self.threads = threads
        self.hubName = hubName
        self.clock = clock
        self.logger = logger
    }

    /// Why events do not come into the log; `nil` when they do.
    var fault: String? { self.state.withLock { $0.fault } }

    /// Events of this run that are not in the log, about.
    var backlog: Int { self.state.withLock { $0.backlog } }

    /// Why nothing may be written that makes events; `nil` when it may.
    var refusal: HubError? {
        self.state.withLock { state in
            guard state.backlog >= OutboxPump.backlogMax, let fault = state.fault else { return nil }
            return HubError(.unavailable, "the log takes no records: \(fault)", retryAfterSeconds: 10)
        }
    }

    /// Events were put into the outbox.
    func added(_ count: Int) {
        guard count > 0 else { return }
        self.state.withLock { $0.backlog += count }
        self.wakes.continuation.yield()
    }

    /// Waits until everything that is in the outbox now is in the log; `false` when that takes longer.
    func flush(within limit: Duration) async -> Bool {
        let shot = OneShot<Bool>()
        self.state.withLock { $0.flushes.append(shot) }
        self.wakes.continuation.yield()
        return await shot.value(within: limit, on: self.clock, late: false, cancelled: false)
    }

    /// Works until graceful shutdown, then brings what is left.
    func run() async {
        var progress = OutboxProgress()
        let ticker = Task { [clock, continuation = self.wakes.continuation] in
            // Ends when it is cancelled.
            while (try? await clock.sleep(OutboxPump.interval)) != nil { continuation.yield() }
        }
        for await _ in self.wakes.stream.cancelOnGracefulShutdown() { await self.drain(&progress) }
        ticker.cancel()
        await self.drain(&progress)
        await self.settle(&progress, isLast: true)
    }

    private func drain(_ progress: inout OutboxProgress) async {
        while true {
            // Who asks from now on is answered by a later pass: its event may be behind the read.
            let flushes = self.state.withLock { state in
                defer { state.flushes = [] }
                return state.flushes
            }
            let count: Int
            do throws(OutboxFault) {
                count = try await self.pass(&progress)
            } catch {
                self.state.withLock { $0.flushes += flushes }
                return self.note(error)
            }
            self.note(nil)
            await self.settle(&progress, isLast: false)
            guard count > 0 else {
                self.state.withLock { $0.backlog = 0 }
                for flush in flushes { flush.fulfil(true) }
                return
            }
            self.state.withLock { state in
                state.backlog = max(0, state.backlog - count)
                state.flushes += flushes
            }
        }
    }

    /// Brings the next events; how many there were.
    private func pass(_ progress: inout OutboxProgress) async throws(OutboxFault) -> Int {
        let after = progress.settling.last
        let rows = try await self.blocking { [store] () throws(RegistryError) in
            try store.outbox(after: after, limit: OutboxPump.batchCount, bytesMax: OutboxPump.batchBytes)
        }
        guard let last = rows.last else { return 0 }
        var byTopic = [String: [OutboxRow]]()
        for row in rows {
            byTopic[row.event.topic, default: []].append(OutboxRow(number: row.number, event: row.event))
        }
        for (name, rows) in byTopic.sorted(by: { $0.key < $1.key }) { try await self.append(rows, to: name, &progress) }
        progress.settling.appended(upTo: last.number, count: rows.count, at: ContinuousClock.now - self.started)
        // Of now: a later pass may bring events into one topic and fail at the next.
        for name in byTopic.keys { progress.positions[name] = self.log.topic(named: name)?.endOffsets }
        return rows.count
    }

    private func append(
        _ rows: [OutboxRow],
        to name: String,
        _ progress: inout OutboxProgress
    ) async throws(OutboxFault) {
        guard let topic = self.log.topic(named: name) else { throw OutboxFault("topic \(name) is not open") }
        var marks: OutboxMarks
        if let known = progress.marks[name] {
            marks = known
        } else {
            marks = try await self.marks(in: topic)
        }
        let missing = rows.filter { !marks.contains($0.number, partition: topic.partition(forKey: $0.key)) }
        // Until the append has succeeded nobody knows what is in the topic.
        progress.marks[name] = nil
        let records = missing.map { $0.record(hubName: self.hubName) }
        let locations: [RecordLocation]
        do throws(EventLogError) {
            locations = try await topic.append(records)
        } catch {
            throw OutboxFault("\(error)")
        }
        for (row, location) in zip(missing, locations) { marks.note(row.number, partition: location.partition) }
        progress.marks[name] = marks
    }

    /// What is in a topic already: reads it from the remembered offsets on, or remembers where it ends when there are none,
    /// since then nothing was ever brought into it.
    private func marks(in topic: LogTopic) async throws(OutboxFault) -> OutboxMarks {
        let (store, name) = (self.store, topic.name)
        let positions = try await self.blocking { () throws(RegistryError) in
            let known = try store.settledPositions()
            if known[name] == nil { try store.settle(upTo: 0, positions: [name: topic.endOffsets]) }
            return known[name] ?? topic.endOffsets
        }
        do {
            return try await self.threads.run { OutboxScan.marks(in: topic, from: positions) }
        } catch {
            throw OutboxFault(error.message)
        }
    }

    /// Removes from the outbox what is in the log, when it is time.
    private func settle(_ progress: inout OutboxProgress, isLast: Bool) async {
        let settling = progress.settling
        guard isLast ? settling.isOpen : settling.isDue(at: ContinuousClock.now - self.started) else { return }
        let positions = progress.positions
        do throws(OutboxFault) {
            try await self.blocking { [store] () throws(RegistryError) in
                try store.settle(upTo: settling.last, positions: positions)
            }
            progress.settling.settled()
            progress.positions = [:]
        } catch {
            self.note(error)
        }
    }

    private func blocking<Value: Sendable>(
        _ body: @escaping @Sendable () throws(RegistryError) -> Value
    ) async throws(OutboxFault) -> Value {
        let result: Result<Result<Value, RegistryError>, HubError> = await Result.of { () async throws(HubError) in
            try await self.threads.run { .success(Result { () throws(RegistryError) in try body() }) }
        }
        switch result {
        case .success(.success(let value)): return value
        case .success(.failure(let error)): throw OutboxFault("the registry failed: \(error)")
        case .failure(let error): throw OutboxFault(error.message)
        }
    }

    private func note(_ fault: OutboxFault?) {
        let before = self.state.withLock { state in
            defer { state.fault = fault?.reason }
            return state.fault
        }
        switch (before, fault) {
        case (nil, let fault?):
            self.logger.error(
                "events of the hub wait in the registry until the log takes them",
                metadata: ["reason": "\(fault.reason)"]
            )
        case (.some, nil):
            self.logger.notice("events of the hub come into the log again")
        case (nil, nil), (.some, .some):
            break
        }
    }
}
