package import FleetQuery
package import TelemetryModel

/// Scheduled jobs and what they did on each device. Calls block on the database; a change is durable when its call returns.
///
/// - A device's turn is durable before anything is done with it, and its outcome is counted once.
/// - What tells of a change of a job's status is in the outbox with it.
package protocol JobStore: Sendable {
    /// Stores a new job under a new number.
    ///
    /// - Returns: The job; `nil` when the id is taken.
    func add(_ job: StoredJob, event: (StoredJob) -> HubEvent) throws(RegistryError) -> StoredJob?
    /// A job; `nil` when there is none with this id.
    func job(_ id: String) throws(RegistryError) -> StoredJob?
    /// Jobs, the newest first.
    ///
    /// - Parameters:
    ///   - kind: only such; `nil` for all.
    ///   - status: only such; `nil` for all.
    ///   - number: only older ones; `nil` for the first page.
    ///   - limit: how many at most.
    /// - Returns: A page.
    /// - Throws: When the database fails.
    func jobs(
        kind: JobKind?,
        status: JobStatus?,
        before number: Int64?,
        limit: Int
    ) throws(RegistryError) -> [StoredJob]
    /// All jobs that have not ended, the oldest first.
    func openJobs() throws(RegistryError) -> [StoredJob]
    /// Moves a job that has not ended to another status.
    ///
    /// - Returns: The job afterwards; `nil` when it had ended or is not there.
    func move(
        _ number: Int64,
        to status: JobStatus,
        reason: String?,
        at now: Timestamp,
        event: (StoredJob) -> HubEvent
    ) throws(RegistryError) -> StoredJob?
    /// Adds devices to a job that has not ended; who is in it already stays as it is.
    ///
    /// - Parameters:
    ///   - ids: the devices.
    ///   - number: of the job.
    ///   - place: where to look on; `nil` when these were the last.
    ///   - now: when they were found.
    /// - Returns: The job afterwards; `nil` when it had ended or is not there.
    /// - Throws: When the database fails.
    func addTargets(
        _ ids: [IdentityID],
        to number: Int64,
        listedUpTo place: String?,
        at now: Timestamp
    ) throws(RegistryError) -> StoredJob?
    /// Records outcomes of devices whose turn it is, and gives the next devices their turn unless the job has ended.
    ///
    /// - Returns: The job afterwards; `nil` when it is not there.
    func advance(
        _ number: Int64,
        outcomes: [DeviceJobOutcome],
        begin count: Int,
        at now: Timestamp
    ) throws(RegistryError) -> JobProgress?
    /// The devices of a job whose turn it is, in the order of their ids; after a start those that were interrupted.
    func runningDevices(of number: Int64, limit: Int) throws(RegistryError) -> [IdentityID]
    /// Ended jobs with devices whose turn it still is: what a crash interrupted after the job's end.
    func endedJobsWithRunningDevices() throws(RegistryError) -> [StoredJob]
    /// Removes a job that has ended, with its devices; a part of them at a time.
    ///
    /// - Returns: Whether all of it is gone.
    func forget(_ number: Int64, limit: Int) throws(RegistryError) -> Bool
    /// One page of a query over `devices.jobs`, in the order of device, module and job.
    ///
    /// - Throws: When it makes too many groups, asks for another collection, or the database fails.
    func runJobQuery(
        _ query: CompiledQuery,
        limit: Int,
        after continuation: QueryContinuation?
    ) throws(QueryRefusal) -> FleetQueryPage
}
