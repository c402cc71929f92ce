internal import DeviceRegistry
internal import FleetQuery
internal import HubProtocol
internal import Synchronization
internal import TelemetryJSON
internal import TelemetryModel

/// What the metric queries of configurations give: counts of rows.
final class ConfigurationMetrics: Sendable {
    /// Results of this age are taken as they are.
    static let freshTime: Duration = .seconds(5)
    private static let pageSize = 1_000

    private let store: any ConfigurationStore
    private let sources: JobSources
    private let times = Mutex<[String: Timestamp]>([:])

    init(store: any ConfigurationStore, sources: JobSources) {
        self.store = store
        self.sources = sources
    }

    /// Asks a configuration's queries again unless they were asked just now; a query that cannot be answered has no result.
    func refresh(_ configuration: StoredConfiguration) async throws(HubError) {
        guard let request = configuration.request, !request.metrics.isEmpty else { return }
        let now = self.sources.now()
        let isFresh = self.times.withLock { times in
            if let time = times[configuration.id], time <= now, now < time + ConfigurationMetrics.freshTime {
                return true
            }
            times[configuration.id] = now
            return false
        }
        guard !isFresh else { return }
        let (store, sources, id) = (self.store, self.sources, configuration.id)
        try await sources.calls.ask { () throws(RegistryError) in
            var results = JSONObject()
            for (name, query) in request.metrics {
                do throws(QueryRefusal) {
                    let count = try ConfigurationMetrics.rowCount(of: query, sources)
                    results.set(name, to: .integer(Int64(count)))
                } catch {
                    if case .registry(let error) = error { throw error }
                }
            }
            try store.setResults([id: results.bytes])
        }
    }

    /// How many rows a query has.
    private static func rowCount(of statement: QueryStatement, _ sources: JobSources) throws(QueryRefusal) -> Int {
        guard statement.isAggregated else {
            let counting = QueryStatement(
                items: [QueryItem(.count, as: "n")],
                collection: statement.collection,
                condition: statement.condition
            )
            let page = try sources.queries.run(CompiledQuery(counting), limit: 1, after: nil, live: sources.live)
            return min(page.rows.first?["n"]?.integer.map { Int($0) } ?? 0, statement.top ?? .max)
        }
        let query = CompiledQuery(statement)
        var (count, next): (Int, QueryContinuation?) = (0, nil)
        repeat {
            let page = try sources.queries.run(query, limit: self.pageSize, after: next, live: sources.live)
            count += page.rows.count
            next = page.next
        } while next != nil
        return count
    }
}
