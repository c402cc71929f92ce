package import FleetQuery
import GRDB
import TelemetryJSON
import TelemetryModel

extension SQLiteIdentityStore: QueryStore {
    package func run(
        _ query: CompiledQuery,
        limit: Int,
        after continuation: QueryContinuation?,
        live: LiveColumns
    ) throws(QueryRefusal) -> FleetQueryPage {
        guard query.statement.collection != .jobs else { throw .collection(query.statement.collection) }
        let answer: Result<FleetQueryPage, QueryLimitError>
        do throws(RegistryError) {
            answer = try self.read { database in
                do {
                    return .success(
                        try self.page(of: query, limit: max(1, limit), after: continuation, live: live, in: database)
                    )
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

    private func page(
        of query: CompiledQuery,
        limit: Int,
        after continuation: QueryContinuation?,
        live: LiveColumns,
        in database: Database
    ) throws -> FleetQueryPage {
        var run = QueryRun(query, rowsGiven: continuation?.rowsGiven ?? 0)
        var rows: [JSONObject] = []
        guard !run.isComplete else { return FleetQueryPage(rows: [], next: nil) }
        let isAggregated = query.statement.isAggregated
        let document = FleetDocument(query, live: live, database: database)
        let scan = try FleetScan(query, document, after: continuation?.lastID ?? "", in: database)
        let cursor = try Row.fetchCursor(database, sql: scan.sql, arguments: scan.arguments)
        var scanned = 0
        var last: String?
        while let row = try cursor.next() {
            if let last {
                let next = QueryContinuation(lastID: last, rowsGiven: run.rowsGiven)
                return FleetQueryPage(rows: rows, next: next)
            }
            document.move(to: row)
            switch try run.offer(document) {
            case .nothing, .counted: break
            case .row(let columns): rows.append(columns)
            case .whole: if let view = document.serviceView() { rows.append(view) }
            }
            if let fault = document.fault { throw fault }
            scanned += 1
            guard !isAggregated else { continue }
            guard !run.isComplete else { return FleetQueryPage(rows: rows, next: nil) }
            if rows.count >= limit || scanned >= self.queryRowsMax { last = document.id?.description }
        }
        guard isAggregated else { return FleetQueryPage(rows: rows, next: nil) }
        let (groups, hasMore) = run.finish(limit: limit)
        let next = hasMore ? QueryContinuation(lastID: "", rowsGiven: run.rowsGiven) : nil
        return FleetQueryPage(rows: groups, next: next)
    }
}
