package import FleetQuery
import GRDB
import TelemetryJSON

extension SQLiteIdentityStore {
    /// Rows that one page of a query over `devices.jobs` looks at.
    static let jobRowsMax = 20_000

    package func runJobQuery(
        _ query: CompiledQuery,
        limit: Int,
        after continuation: QueryContinuation?
    ) throws(QueryRefusal) -> FleetQueryPage {
        guard query.statement.collection == .jobs else { throw .collection(query.statement.collection) }
        let answer: Result<FleetQueryPage, QueryLimitError>
        do throws(RegistryError) {
            answer = try self.read { database in
                do {
                    let page = try SQLiteIdentityStore.jobPage(query, max(1, limit), after: continuation, in: database)
                    return .success(page)
                } catch let error as QueryLimitError {
                    return .failure(error)
                }
            }
        } catch {
            throw .registry(error)
        }
        switch answer {
        case .success(let page): return page
        case .failure(let error): throw .limit(error)
        }
    }

    private static func jobPage(
        _ query: CompiledQuery,
        _ limit: Int,
        after continuation: QueryContinuation?,
        in database: Database
    ) throws -> FleetQueryPage {
        var run = QueryRun(query, rowsGiven: continuation?.rowsGiven ?? 0)
        var rows: [JSONObject] = []
        let cursor = try self.jobRows(query, after: continuation?.lastID ?? "", in: database)
        var (scanned, isFull) = (0, run.isComplete)
        var last = ""
        while !isFull || !run.isComplete, let row = try cursor.next() {
            guard !isFull else {
                return FleetQueryPage(rows: rows, next: QueryContinuation(lastID: last, rowsGiven: run.rowsGiven))
            }
            let deviceJob = try DeviceJobRow(row)
            switch try run.offer(JSONDocument(.object(deviceJob.document))) {
            case .nothing, .counted: break
            case .row(let columns): rows.append(columns)
            case .whole: rows.append(deviceJob.document)
            }
            scanned += 1
            last = "\(deviceJob.device)/\(deviceJob.module)/\(deviceJob.number)"
            isFull = rows.count >= limit || scanned >= self.jobRowsMax || run.isComplete
        }
        return FleetQueryPage(rows: rows, next: nil)
    }

    /// The rows behind a place, narrowed to a device or a job when the query names them.
    private static func jobRows(_ query: CompiledQuery, after place: String, in database: Database) throws -> RowCursor
    {
        var conditions: [String] = []
        var arguments: StatementArguments = []
        let parts = place.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 3, let number = Int64(parts[2]) {
            conditions.append("(d.device, d.module, d.job) > (?, ?, ?)")
            arguments += [String(parts[0]), String(parts[1]), number]
        }
        for hint in query.hints {
            let column: String
            switch hint.path {
            case JSONPath(names: "deviceId"): column = "d.device"
            case JSONPath(names: "jobId"): column = "j.id"
            default: continue
            }
            let names = hint.values.compactMap { value in if case .string(let text) = value { text } else { nil } }
            guard names.count <= 500 else { continue }
            conditions.append("\(column) IN (\(names.map { _ in "?" }.joined(separator: ", ")))")
            arguments += StatementArguments(names)
        }
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return try Row.fetchCursor(
            database,
            sql: """
                SELECT \(DeviceJobRow.columns) FROM deviceJob AS d JOIN job AS j ON j.number = d.job
                \(condition) ORDER BY d.device, d.module, d.job
                """,
            arguments: arguments
        )
    }
}
