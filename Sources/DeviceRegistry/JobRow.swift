import FoundationEssentials
import GRDB
import TelemetryModel

/// A row of the table `job`.
enum JobRow {
    static let columns = """
        number, id, kind, request, author, status, createdMilliseconds, startMilliseconds, startedMilliseconds, \
        endMilliseconds, failureReason, devices, running, succeeded, failed, listedUpTo, isListed
        """

    static func job(_ row: Row) throws -> StoredJob {
        let (id, kindName, statusName): (String, String, String) = (row[1], row[2], row[5])
        guard let kind = JobKind(rawValue: kindName), let status = JobStatus(rawValue: statusName) else {
            throw RegistryError.storage("the row of job \(id) cannot be read: was the file written by a later version?")
        }
        let request: Data = row[3]
        var job = StoredJob(
            id: id,
            kind: kind,
            request: Array(request),
            author: row[4],
            status: status,
            createdTime: Timestamp(milliseconds: row[6]),
            startTime: Timestamp(milliseconds: row[7])
        )
        job.number = row[0]
        let (started, ended): (Int64?, Int64?) = (row[8], row[9])
        job.startedTime = started.map { Timestamp(milliseconds: $0) }
        job.endTime = ended.map { Timestamp(milliseconds: $0) }
        job.failureReason = row[10]
        job.counts = JobCounts(devices: row[11], running: row[12], succeeded: row[13], failed: row[14])
        job.listedUpTo = row[15]
        job.isListed = row[16]
        return job
    }

    static func fetch(_ number: Int64, in database: Database) throws -> StoredJob? {
        try Row.fetchOne(
            database,
            sql: "SELECT \(self.columns) FROM job WHERE number = ?",
            arguments: [number]
        ).map(self.job)
    }

    /// Writes what changes in a job's life.
    static func update(_ job: StoredJob, in database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                UPDATE job SET status = ?, startedMilliseconds = ?, endMilliseconds = ?, failureReason = ?, devices = ?,
                    running = ?, succeeded = ?, failed = ?, listedUpTo = ?, isListed = ? WHERE number = ?
                """
        )
        try statement.execute(
            arguments: [
                job.status.rawValue, job.startedTime?.milliseconds, job.endTime?.milliseconds, job.failureReason,
                job.counts.devices, job.counts.running, job.counts.succeeded, job.counts.failed, job.listedUpTo,
                job.isListed, job.number,
            ]
        )
    }
}
