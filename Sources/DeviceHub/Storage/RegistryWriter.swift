internal import DeviceRegistry
internal import HubProtocol
internal import Logging
internal import Synchronization

/// Writes into the registry, many requests with one sync: what came during a commit is the next one.
///
/// - One thread; a batch is one transaction for each kind of job in it. Twins are written in the order of their requests, and
///   their answers leave in the same order.
/// - Bounds: 10,000 jobs and 64 MiB wait; who comes then is refused.
/// - An answer is given only after its commit.
final class RegistryWriter: Sendable {
    private static let limits = BoundedBatches<RegistryJob>.Limits(
        countMax: 10_000,
        bytesMax: 64 << 20,
        batchCountMax: 512,
        batchBytesMax: 8 << 20
    )

    private let stores: HubStores
    private let thread = StoreThreads(count: 1)
    private let jobs = Mutex(BoundedBatches<RegistryJob>(RegistryWriter.limits))
    private let committed: @Sendable ([TwinOutcome]) -> Void
    private let eventsAdded: @Sendable (Int) -> Void
    private let logger: Logger

    /// A writer.
    ///
    /// - Parameters:
    ///   - stores: what it writes into.
    ///   - committed: told of written twins in order, before their answers.
    ///   - eventsAdded: told how many events were put into the outbox, about.
    ///   - logger: is told of faults of the database.
    init(
        _ stores: HubStores,
        committed: @escaping @Sendable ([TwinOutcome]) -> Void,
        eventsAdded: @escaping @Sendable (Int) -> Void,
        logger: Logger
    ) {
        self.stores = stores
        self.committed = committed
        self.eventsAdded = eventsAdded
        self.logger = logger
    }

    /// Jobs that wait.
    var waitingCount: Int { self.jobs.withLock { $0.count } }

    /// Takes a job of about so many bytes; `false` when there is no room, and then it is not called back.
    func submit(_ job: RegistryJob, bytes: Int) -> Bool {
        switch self.jobs.withLock({ $0.add(job, bytes: bytes) }) {
        case .full:
            return false
        case .queued:
            return true
        case .start:
            self.thread.submit { self.work() }
            return true
        }
    }

    private func work() {
        while true {
            let batch = self.jobs.withLock { $0.take() }
            guard !batch.isEmpty else { return }
            self.writeTwins(batch)
            self.changeIdentities(batch)
            self.enqueue(batch)
            self.settle(batch)
            self.addEvents(batch)
        }
    }

    private func writeTwins(_ batch: [RegistryJob]) {
        let jobs = batch.compactMap { job -> (write: TwinWrite, done: RegistryJob.Done<TwinOutcome>)? in
            if case .twin(let write, let done) = job { (write, done) } else { nil }
        }
        guard !jobs.isEmpty else { return }
        do throws(RegistryError) {
            let results = try self.stores.twins.apply(jobs.map(\.write))
            let outcomes = results.compactMap { try? $0.get() }
            self.eventsAdded(outcomes.count { $0.change != nil })
            self.committed(outcomes)
            for (job, result) in zip(jobs, results) { job.done(result.mapError { HubError(twin: $0) }) }
        } catch {
            let failure = self.failure(error)
            for job in jobs { job.done(.failure(failure)) }
        }
    }

    private func changeIdentities(_ batch: [RegistryJob]) {
        for case .identities(let change) in batch {
            let effects = change()
            self.eventsAdded(effects.eventCount)
            self.committed(effects.twins)
            effects.done()
        }
    }

    private func enqueue(_ batch: [RegistryJob]) {
        let jobs = batch.compactMap { job -> (message: StoredMessage, done: RegistryJob.Done<StoredMessage>)? in
            if case .enqueue(let message, let done) = job { (message, done) } else { nil }
        }
        guard !jobs.isEmpty else { return }
        do throws(RegistryError) {
            let results = try self.stores.messages.enqueue(jobs.map(\.message))
            self.eventsAdded(results.count)
            for (job, result) in zip(jobs, results) { job.done(result.mapError { HubError(message: $0) }) }
        } catch {
            let failure = self.failure(error)
            for job in jobs { job.done(.failure(failure)) }
        }
    }

    private func settle(_ batch: [RegistryJob]) {
        let jobs = batch.compactMap { job -> (what: MessageSettlement, done: RegistryJob.Done<MessageOutcome?>)? in
            if case .settle(let what, let done) = job { (what, done) } else { nil }
        }
        guard !jobs.isEmpty else { return }
        do throws(RegistryError) {
            let outcomes = try self.stores.messages.settle(jobs.map(\.what))
            self.eventsAdded(outcomes.count)
            for (job, outcome) in zip(jobs, outcomes) { job.done(.success(outcome)) }
        } catch {
            let failure = self.failure(error)
            for job in jobs { job.done(.failure(failure)) }
        }
    }

    private func addEvents(_ batch: [RegistryJob]) {
        let events = batch.compactMap { job -> HubEvent? in
            if case .event(let event) = job { event } else { nil }
        }
        guard !events.isEmpty else { return }
        do throws(RegistryError) {
            try self.stores.outbox.add(events)
            self.eventsAdded(events.count)
        } catch {
            _ = self.failure(error)
        }
    }

    private func failure(_ error: RegistryError) -> HubError {
        self.logger.error("the registry takes no write", metadata: ["reason": "\(error)"])
        return HubError(registry: error)
    }
}

extension HubError {
    /// The contract's error for a message that was not put into a queue.
    init(message refusal: MessageRefusal) {
        switch refusal {
        case .notFound(let id):
            self = .notFound(id)
        case .queueFull(let id):
            self.init(.queueFull, "\(MessageLimits.queueMax) messages wait for \(id), as many as may")
        }
    }
}
