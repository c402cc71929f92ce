import FoundationEssentials
import GRDB
import TelemetryJSON
package import TelemetryModel

extension SQLiteIdentityStore: JobStore {
    package func add(_ job: StoredJob, event: (StoredJob) -> HubEvent) throws(RegistryError) -> StoredJob? {
        try self.write { database in
            let taken = try Int.fetchOne(database, sql: "SELECT 1 FROM job WHERE id = ?", arguments: [job.id])
            guard taken == nil else { return nil }
            try database.execute(
                sql: """
                    INSERT INTO job (id, kind, request, author, status, createdMilliseconds, startMilliseconds)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    job.id, job.kind.rawValue, Data(job.request), job.author, job.status.rawValue,
                    job.createdTime.milliseconds, job.startTime.milliseconds,
                ]
            )
            var stored = job
            stored.number = database.lastInsertedRowID
            try SQLiteIdentityStore.insert(event(stored), in: database)
            return stored
        }
    }

    package func job(_ id: String) throws(RegistryError) -> StoredJob? {
        try self.read { database in
            try Row.fetchOne(database, sql: "SELECT \(JobRow.columns) FROM job WHERE id = ?", arguments: [id])
                .map(JobRow.job)
        }
    }

    package func jobs(
        kind: JobKind?,
        status: JobStatus?,
        before number: Int64?,
        limit: Int
    ) throws(RegistryError) -> [StoredJob] {
        try self.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT \(JobRow.columns) FROM job
                    WHERE number < ?1 AND (?2 IS NULL OR kind = ?2) AND (?3 IS NULL OR status = ?3)
                    ORDER BY number DESC LIMIT ?4
                    """,
                arguments: [number ?? .max, kind?.rawValue, status?.rawValue, limit]
            ).map(JobRow.job)
        }
    }

    package func openJobs() throws(RegistryError) -> [StoredJob] {
        try self.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT \(JobRow.columns) FROM job WHERE status IN ('scheduled', 'queued', 'running') ORDER BY number
                    """
            ).map(JobRow.job)
        }
    }

    package func move(
        _ number: Int64,
        to status: JobStatus,
        reason: String?,
        at now: Timestamp,
        event: (StoredJob) -> HubEvent
    ) throws(RegistryError) -> StoredJob? {
        try self.write { database in
            guard var job = try JobRow.fetch(number, in: database), !job.status.isEnd, job.status != status else {
                return nil
            }
            job.status = status
            if status == .running { job.startedTime = now }
            if status.isEnd { job.endTime = now }
            job.failureReason = reason
            try JobRow.update(job, in: database)
            try SQLiteIdentityStore.insert(event(job), in: database)
            return job
        }
    }

    package func addTargets(
        _ ids: [IdentityID],
        to number: Int64,
        listedUpTo place: String?,
        at now: Timestamp
    ) throws(RegistryError) -> StoredJob? {
        try self.write { database in
            guard var job = try JobRow.fetch(number, in: database), !job.status.isEnd else { return nil }
            let statement = try database.cachedStatement(
                sql: "INSERT OR IGNORE INTO deviceJob (job, device, module, createdMilliseconds) VALUES (?, ?, ?, ?)"
            )
            for id in ids {
                try statement.execute(arguments: [number, id.device, id.module ?? "", now.milliseconds])
                job.counts.devices += database.changesCount
            }
            job.listedUpTo = place
            job.isListed = place == nil
            try JobRow.update(job, in: database)
            return job
        }
    }

    package func advance(
        _ number: Int64,
        outcomes: [DeviceJobOutcome],
        begin count: Int,
        at now: Timestamp
    ) throws(RegistryError) -> JobProgress? {
        try self.write { database in
            guard var job = try JobRow.fetch(number, in: database) else { return nil }
            for outcome in outcomes where outcome.job == number {
                guard try SQLiteIdentityStore.record(outcome, in: database) else { continue }
                job.counts.running -= 1
                if outcome.hasSucceeded { job.counts.succeeded += 1 } else { job.counts.failed += 1 }
            }
            let begun =
                job.status == .running ? try SQLiteIdentityStore.begin(count, of: job, at: now, in: database) : []
            job.counts.running += begun.count
            try JobRow.update(job, in: database)
            return JobProgress(job: job, begun: begun)
        }
    }

    package func runningDevices(of number: Int64, limit: Int) throws(RegistryError) -> [IdentityID] {
        try self.read { database in
            try SQLiteIdentityStore.devices(of: number, .running, limit: limit, in: database)
        }
    }

    package func endedJobsWithRunningDevices() throws(RegistryError) -> [StoredJob] {
        try self.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT \(JobRow.columns) FROM job
                    WHERE running > 0 AND status IN ('completed', 'failed', 'cancelled') ORDER BY number
                    """
            ).map(JobRow.job)
        }
    }

    package func forget(_ number: Int64, limit: Int) throws(RegistryError) -> Bool {
        try self.write { database in
            guard let job = try JobRow.fetch(number, in: database) else { return true }
            guard job.status.isEnd else { return false }
            try database.execute(
                sql: """
                    DELETE FROM deviceJob WHERE job = ?1 AND (device, module) IN
                        (SELECT device, module FROM deviceJob WHERE job = ?1 LIMIT ?2)
                    """,
                arguments: [number, limit]
            )
            guard database.changesCount < limit else { return false }
            try database.execute(sql: "DELETE FROM job WHERE number = ?", arguments: [number])
            return true
        }
    }

    // MARK: Private

    /// Ends a device's turn; `false` when it had none.
    private static func record(_ outcome: DeviceJobOutcome, in database: Database) throws -> Bool {
        let status: DeviceJobStatus = outcome.hasSucceeded ? .completed : .failed
        let statement = try database.cachedStatement(
            sql: """
                UPDATE deviceJob SET status = ?, endMilliseconds = ?, outcome = ?
                WHERE job = ? AND device = ? AND module = ? AND status = \(DeviceJobStatus.running.rawValue)
                """
        )
        try statement.execute(
            arguments: [
                status.rawValue, outcome.endedAt.milliseconds,
                outcome.members.isEmpty ? nil : Data(outcome.members.bytes),
                outcome.job, outcome.id.device, outcome.id.module ?? "",
            ]
        )
        return database.changesCount > 0
    }

    private static func begin(
        _ count: Int,
        of job: StoredJob,
        at now: Timestamp,
        in database: Database
    ) throws -> [IdentityID] {
        guard count > 0 else { return [] }
        let ids = try self.devices(of: job.number, .pending, limit: count, in: database)
        let statement = try database.cachedStatement(
            sql: """
                UPDATE deviceJob SET status = \(DeviceJobStatus.running.rawValue), startMilliseconds = ?
                WHERE job = ? AND device = ? AND module = ?
                """
        )
        for id in ids {
            try statement.execute(arguments: [now.milliseconds, job.number, id.device, id.module ?? ""])
        }
        return ids
    }

    /// Devices of a job that are pending or running. By an index of only those, which SQLite would not take by itself: the
    /// primary key has all that are done before them.
    private static func devices(
        of number: Int64,
        _ status: DeviceJobStatus,
        limit: Int,
        in database: Database
    ) throws -> [IdentityID] {
        let index = status == .pending ? "deviceJobPending" : "deviceJobRunning"
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT device, module FROM deviceJob INDEXED BY \(index)
                WHERE job = ? AND status = \(status.rawValue) ORDER BY device, module LIMIT ?
                """,
            arguments: [number, limit]
        )
        return rows.compactMap { row in
            let module: String = row[1]
            return IdentityID(device: row[0] as String, module: module.isEmpty ? nil : module)
        }
    }
}
