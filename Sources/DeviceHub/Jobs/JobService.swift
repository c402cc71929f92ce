package import DeviceRegistry
package import HubProtocol
package import Logging
package import TelemetryJSON
internal import TelemetryModel

/// Scheduled jobs: something is done with every device of a condition, at a bounded rate, over restarts.
///
/// Source: contract iothub-rest section 8.
package final class JobService: Sendable {
    /// Jobs that have not ended, at most.
    package static let openMax = 100
    /// Jobs of one page of ``jobs(type:status:limit:continuation:)``.
    package static let pageMax = 1_000

    private let store: any JobStore
    private let sources: JobSources
    private let mailbox = JobMailbox()
    private let logger: Logger

    /// The jobs of a store; nothing is begun before ``run()``.
    package init(store: any JobStore, sources: JobSources, logger: Logger) {
        self.store = store
        self.sources = sources
        self.logger = logger
    }

    /// Makes a job.
    ///
    /// - Parameters:
    ///   - id: the operator's name for it.
    ///   - body: the request.
    ///   - author: who asks: `policy:service`.
    /// - Returns: Its document.
    /// - Throws: `argumentInvalid`, `tooLarge`, `jobAlreadyExists`, `quotaExceeded`, `serverError`.
    package func create(_ id: String, _ body: JSONObject, author: String) async throws(HubError) -> JSONObject {
        guard IdentityID.isValidPart(id) else {
            throw HubError(
                .argumentInvalid,
                "a job's id has 1 to 128 letters, digits and characters of -:.+%_#*?!(),=@;$'"
            )
        }
        if let named = try RequestMembers(object: body).string("jobId"), named != id {
            throw HubError(.argumentInvalid, "jobId is \"\(named)\"; the path says \"\(id)\"")
        }
        let request = try JobRequest(body)
        let now = self.sources.now()
        let start = request.startTime ?? now
        let job = StoredJob(
            id: id,
            kind: request.kind,
            request: request.members.bytes,
            author: author,
            status: start > now ? .scheduled : .queued,
            createdTime: now,
            startTime: start
        )
        let store = self.store
        let open = try await self.sources.calls.ask { () throws(RegistryError) in try store.openJobs().count }
        guard open < JobService.openMax else {
            throw HubError(.quotaExceeded, "\(open) jobs have not ended; the limit is \(JobService.openMax)")
        }
        let stored = try await self.sources.calls.ask { () throws(RegistryError) in
            try store.add(job) { JobDocument.event(of: $0, author: author, at: now) }
        }
        guard let stored else { throw HubError(.jobAlreadyExists, "there is a job \(id)") }
        self.mailbox.jobsChanged()
        return JobDocument.view(of: stored)
    }

    /// The document of a job.
    ///
    /// - Throws: `jobNotFound`, `serverError`.
    package func job(_ id: String) async throws(HubError) -> JSONObject {
        JobDocument.view(of: try await self.stored(id))
    }

    /// Ends a job: no further device has its turn. What has ended stays as it is.
    ///
    /// - Returns: The job's document.
    /// - Throws: `jobNotFound`, `serverError`.
    package func cancel(_ id: String, author: String) async throws(HubError) -> JSONObject {
        let job = try await self.stored(id)
        let now = self.sources.now()
        let store = self.store
        let moved = try await self.sources.calls.ask { () throws(RegistryError) in
            try store.move(job.number, to: .cancelled, reason: nil, at: now) {
                JobDocument.event(of: $0, author: author, at: now)
            }
        }
        self.mailbox.jobsChanged()
        if let moved { return JobDocument.view(of: moved) }
        return try await self.job(id)
    }

    /// Jobs, the newest first.
    ///
    /// - Parameters:
    ///   - type: only such jobs; `nil` for all.
    ///   - status: only such jobs; `nil` for all.
    ///   - limit: how many at most.
    ///   - continuation: of the page before.
    /// - Returns: A page.
    /// - Throws: `argumentInvalid`, `serverError`.
    package func jobs(
        type: String?,
        status: String?,
        limit: Int,
        continuation: String?
    ) async throws(HubError) -> JobPage {
        // Import and export jobs there are none, nor jobs of these statuses.
        if type == "import" || type == "export" || status == "unknown" || status == "enqueued" {
            return JobPage(items: [], continuation: nil)
        }
        let kind = type.flatMap { JobKind(rawValue: $0) }
        if let type, kind == nil {
            let names = JobKind.allCases.map(\.rawValue).joined(separator: " or ")
            throw RequestMembers.fault("jobType", names, .string(type))
        }
        let state = status.flatMap { JobStatus(rawValue: $0) }
        if let status, state == nil {
            let names = JobStatus.allCases.map(\.rawValue).joined(separator: ", ")
            throw RequestMembers.fault("jobStatus", names, .string(status))
        }
        let before = try continuation.map { token throws(HubError) -> Int64 in
            guard let number = Int64(token) else {
                throw HubError(.argumentInvalid, "the continuation is none of jobs")
            }
            return number
        }
        let count = min(max(1, limit), JobService.pageMax)
        let store = self.store
        let jobs = try await self.sources.calls.ask { () throws(RegistryError) in
            try store.jobs(kind: kind, status: state, before: before, limit: count)
        }
        return JobPage(
            items: jobs.map(JobDocument.view),
            continuation: jobs.count == count ? jobs.last.map { String($0.number) } : nil
        )
    }

    /// Works until the task is cancelled. What is under way then is taken up again by the next run.
    package func run() async {
        await withDiscardingTaskGroup { group in
            var runner = JobRunner(
                store: self.store,
                sources: self.sources,
                mailbox: self.mailbox,
                logger: self.logger
            )
            self.mailbox.jobsChanged()
            var timer: Timestamp?
            for await _ in self.mailbox.wakes {
                let (due, turns) = await runner.step()
                for turn in turns {
                    group.addTask { [sources, mailbox] in
                        mailbox.ended(await turn.outcome(by: sources.fleet, now: sources.now))
                    }
                }
                let now = self.sources.now()
                if let known = timer, now < known, known <= due { continue }
                timer = due
                group.addTask { [mailbox] in
                    // Cancelled: the runner ends, too.
                    try? await Task.sleep(for: max(.milliseconds(1), due - now))
                    mailbox.wake()
                }
            }
            await runner.recordOutcomes()
        }
    }

    private func stored(_ id: String) async throws(HubError) -> StoredJob {
        let store = self.store
        let job = try await self.sources.calls.ask { () throws(RegistryError) in try store.job(id) }
        guard let job else { throw HubError(.jobNotFound, "there is no job \(id)") }
        return job
    }
}
