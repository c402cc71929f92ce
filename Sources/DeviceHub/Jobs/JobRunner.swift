internal import DeviceRegistry
internal import FleetQuery
internal import HubProtocol
internal import Logging
internal import TelemetryModel

/// Carries out what the running jobs decide, step by step. Owned by ``JobService/run()``.
///
/// At most ``turnsMax`` devices have their turn at a time, whatever the number of jobs; outcomes are recorded and devices begun
/// in groups, so that jobs take some twenty transactions a second and leave the rest of the disk to others.
struct JobRunner {
    /// Devices whose turn it is, of all jobs.
    static let turnsMax = 100
    /// Jobs that run at a time; others are queued.
    static let runningMax = 5
    /// Devices that one look finds.
    static let listPage = 500
    /// Between two looks at what nothing wakes for.
    static let restMax: Duration = .seconds(30)
    private static let recordInterval: Duration = .milliseconds(50)
    private static let retryInterval: Duration = .seconds(5)

    private struct Active {
        var job: StoredJob
        let request: JobRequest
        let query: CompiledQuery
        var run: JobRun
    }

    private let store: any JobStore
    private let sources: JobSources
    private let mailbox: JobMailbox
    private let logger: Logger
    private var active: [Int64: Active] = [:]
    /// Ended turns that are not recorded yet.
    private var outcomes: [DeviceJobOutcome] = []
    private var turnCount = 0
    private var hasBegun = false
    /// A step failed: what is known of the jobs is read again.
    private var mustLook = false
    private var nextRecord: Timestamp
    private var nextStart: Timestamp?
    private var history: JobHistory

    init(store: any JobStore, sources: JobSources, mailbox: JobMailbox, logger: Logger) {
        self.store = store
        self.sources = sources
        self.mailbox = mailbox
        self.logger = logger
        self.nextRecord = sources.now()
        self.history = JobHistory(at: sources.now())
    }

    /// Does what there is to do.
    ///
    /// - Returns: When to look again at the latest, and the turns to begin.
    mutating func step() async -> (due: Timestamp, turns: [JobTurn]) {
        let now = self.sources.now()
        var turns: [JobTurn] = []
        do throws(RegistryError) {
            if !self.hasBegun {
                turns += try await self.interruptedTurns()
                self.hasBegun = true
            }
            let ended = self.mailbox.takeOutcomes()
            self.turnCount -= ended.count
            self.outcomes += ended
            if now >= self.nextRecord { try await self.record(at: now) }
            let isStart = self.nextStart.map { $0 <= now } ?? false
            if self.mailbox.takeChanges() || self.mustLook || isStart {
                self.mustLook = true
                try await self.look(at: now)
                self.mustLook = false
            }
            var due = now + JobRunner.restMax
            if !self.outcomes.isEmpty { due = min(due, self.nextRecord) }
            if let nextStart { due = min(due, nextStart) }
            for number in self.active.keys.sorted() {
                due = min(due, try await self.advance(number, at: now, &turns))
            }
            try await self.history.forget(from: self.store, self.sources.calls, at: now)
            if self.history.isForgetting { due = min(due, now + JobRun.groupInterval) }
            self.turnCount += turns.count
            return (due, turns)
        } catch {
            self.logger.error("jobs rest for a while: \(error)")
            self.mustLook = true
            self.turnCount += turns.count
            return (now + JobRunner.retryInterval, turns)
        }
    }

    /// Records what has ended; for the end of the run.
    mutating func recordOutcomes() async {
        self.outcomes += self.mailbox.takeOutcomes()
        do throws(RegistryError) {
            try await self.record(at: self.sources.now())
        } catch {
            self.logger.error("outcomes of jobs are not recorded: \(error)")
        }
    }

    // MARK: Private

    private mutating func record(at now: Timestamp) async throws(RegistryError) {
        while let number = self.outcomes.first?.job {
            let group = self.outcomes.filter { $0.job == number }
            let store = self.store
            let progress = try await self.sources.calls.run { () throws(RegistryError) in
                try store.advance(number, outcomes: group, begin: 0, at: now)
            }
            self.outcomes.removeAll { $0.job == number }
            self.nextRecord = now + JobRunner.recordInterval
            if let progress { self.changed(progress.job) }
        }
    }

    private mutating func changed(_ job: StoredJob) {
        guard !job.status.isEnd else {
            self.active[job.number] = nil
            return
        }
        self.active[job.number]?.job = job
        self.active[job.number]?.run.changed(job)
    }

    /// Reads which jobs there are, and starts those whose time has come.
    private mutating func look(at now: Timestamp) async throws(RegistryError) {
        let store = self.store
        let open = try await self.sources.calls.run { () throws(RegistryError) in try store.openJobs() }
        let numbers = Set(open.map(\.number))
        self.active = self.active.filter { numbers.contains($0.key) }
        self.nextStart = nil
        for job in open where self.active[job.number] == nil {
            if job.status == .running {
                try await self.take(job, at: now)
            } else if job.startTime > now {
                self.nextStart = min(self.nextStart ?? job.startTime, job.startTime)
            } else if self.active.count < JobRunner.runningMax {
                if let moved = try await self.move(job, to: .running, reason: nil, at: now) {
                    try await self.take(moved, at: now)
                }
            } else if job.status == .scheduled {
                _ = try await self.move(job, to: .queued, reason: nil, at: now)
            }
        }
    }

    private mutating func take(_ job: StoredJob, at now: Timestamp) async throws(RegistryError) {
        guard let request = job.checkedRequest else {
            _ = try await self.move(job, to: .failed, reason: "its request cannot be read any more", at: now)
            return
        }
        let query = CompiledQuery(ids: request.target)
        let run = JobRun(request, job, at: now)
        self.active[job.number] = Active(job: job, request: request, query: query, run: run)
    }

    private func move(
        _ job: StoredJob,
        to status: JobStatus,
        reason: String?,
        at now: Timestamp
    ) async throws(RegistryError) -> StoredJob? {
        let store = self.store
        return try await self.sources.calls.run { () throws(RegistryError) in
            try store.move(job.number, to: status, reason: reason, at: now) {
                JobDocument.event(of: $0, author: $0.author, at: now)
            }
        }
    }

    /// One step of one job; when to look at it again.
    private mutating func advance(
        _ number: Int64,
        at now: Timestamp,
        _ turns: inout [JobTurn]
    ) async throws(RegistryError) -> Timestamp {
        guard var active = self.active[number] else { return now + JobRunner.restMax }
        let share = JobRunner.turnsMax / max(1, self.active.count) - active.job.counts.running
        let places = max(0, min(share, JobRunner.turnsMax - self.turnCount - turns.count))
        let action = active.run.next(at: now, places: places)
        self.active[number] = active
        let store = self.store
        switch action {
        case .wait(let time): return time
        case .list:
            try await self.list(active, at: now)
            return now
        case .begin(let count):
            let progress = try await self.sources.calls.run { () throws(RegistryError) in
                try store.advance(number, outcomes: [], begin: count, at: now)
            }
            guard let progress else { return now }
            turns += progress.begun.map { id in
                JobTurn(job: progress.job, request: active.request, id: id, isInterrupted: false)
            }
            self.changed(progress.job)
            return now + JobRun.groupInterval
        case .finish(let end):
            self.active[number] = nil
            _ = try await self.move(active.job, to: end.status, reason: end.reason, at: now)
            // A queued job has its place now.
            self.mailbox.jobsChanged()
            return now
        }
    }

    /// Looks for the next devices of a job.
    private mutating func list(_ active: Active, at now: Timestamp) async throws(RegistryError) {
        let (job, query, store, sources) = (active.job, active.query, self.store, self.sources)
        let found: Result<StoredJob?, QueryRefusal> = await sources.calls.result {
            () throws(QueryRefusal) -> StoredJob? in
            // A place that cannot be read is the beginning: who is in the job already stays in it once.
            let place = job.listedUpTo.flatMap { try? QueryContinuation(token: $0, of: query) }
            let page = try sources.queries.run(query, limit: JobRunner.listPage, after: place, live: sources.live)
            let next = page.next?.token(of: query)
            do throws(RegistryError) {
                return try store.addTargets(page.rows.compactMap(\.identityID), to: job.number, listedUpTo: next, at: now)
            } catch {
                throw QueryRefusal.registry(error)
            }
        }
        switch found {
        case .success(let job?): self.changed(job)
        case .success(nil): self.active[job.number] = nil
        case .failure(.registry(let error)): throw error
        case .failure(let refusal):
            self.active[job.number] = nil
            _ = try await self.move(job, to: .failed, reason: StoreCalls.hubError(refusal).message, at: now)
        }
    }

    /// The turns that were not recorded when the gateway last stopped.
    private func interruptedTurns() async throws(RegistryError) -> [JobTurn] {
        let store = self.store
        return try await self.sources.calls.run { () throws(RegistryError) -> [JobTurn] in
            let running = try store.openJobs().filter { $0.counts.running > 0 }
            var turns: [JobTurn] = []
            for job in running + (try store.endedJobsWithRunningDevices()) {
                guard let request = job.checkedRequest else { continue }
                turns += try store.runningDevices(of: job.number, limit: JobRunner.turnsMax).map { id in
                    JobTurn(job: job, request: request, id: id, isInterrupted: true)
                }
            }
            return turns
        }
    }
}
