internal import DeviceRegistry
internal import FleetQuery
internal import TelemetryJSON
internal import TelemetryModel

/// One look at all twins: merges what conditions find with what configurations hold, both in the order of ids.
///
/// Memory: a page for each configuration, whatever the size of the fleet. Blocks on the database.
struct ConfigurationPass: Sendable {
    /// Ids and targets of one page.
    static let pageSize = 1_000

    /// Ids that one configuration's condition finds.
    private struct Matches: Sendable {
        let query: CompiledQuery
        var page: ArraySlice<IdentityID> = []
        var next: QueryContinuation?
        var isLast = false

        mutating func first(
            _ queries: any QueryStore,
            _ live: LiveColumns
        ) throws(QueryRefusal) -> IdentityID? {
            while self.page.isEmpty, !self.isLast {
                let found = try queries.run(self.query, limit: ConfigurationPass.pageSize, after: self.next, live: live)
                self.page = found.rows.compactMap(\.identityID)[...]
                self.next = found.next
                self.isLast = found.next == nil
            }
            return self.page.first
        }
    }

    let set: ConfigurationSet
    private var matches: [Matches]
    private var targets: ArraySlice<ConfigurationTarget> = []
    private var lastTarget: ConfigurationTarget?
    private var hasAllTargets = false
    private var shares: [[Int]: [ConfigurationPlan.Share]] = [:]

    init(_ set: ConfigurationSet) {
        self.set = set
        self.matches = set.entries.map { Matches(query: $0.query) }
    }

    /// The next twins that need something.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - looks: how many twins are looked at, at most.
    ///   - store: the targets.
    ///   - sources: the twins.
    /// - Returns: The work, perhaps none; `isLast` when all twins were looked at.
    /// - Throws: When a condition cannot be asked.
    mutating func next(
        limit: Int,
        looks: Int,
        from store: any ConfigurationStore,
        _ sources: JobSources
    ) throws(QueryRefusal) -> (work: [ConfigurationWork], isLast: Bool) {
        var work: [ConfigurationWork] = []
        for _ in 0..<looks where work.count < limit {
            guard let id = try self.nextID(store, sources) else { return (work, true) }
            var places: [Int] = []
            for place in self.matches.indices where self.matches[place].page.first == id {
                self.matches[place].page.removeFirst()
                places.append(place)
            }
            var held: [ConfigurationTarget] = []
            while let target = try self.firstTarget(store), target.id == id {
                held.append(target)
                self.targets.removeFirst()
            }
            let wanted = self.shares[places] ?? self.set.shares(of: places)
            // As many as there are kinds of devices; a bound all the same.
            if self.shares.count < 1_000 { self.shares[places] = wanted }
            if let needed = ConfigurationWork(id: id, held: held, wanted: wanted) { work.append(needed) }
        }
        return (work, false)
    }

    private mutating func nextID(
        _ store: any ConfigurationStore,
        _ sources: JobSources
    ) throws(QueryRefusal) -> IdentityID? {
        var lowest = try self.firstTarget(store)?.id
        for place in self.matches.indices {
            guard let id = try self.matches[place].first(sources.queries, sources.live) else { continue }
            lowest = lowest.map { min($0, id) } ?? id
        }
        return lowest
    }

    private mutating func firstTarget(_ store: any ConfigurationStore) throws(QueryRefusal) -> ConfigurationTarget? {
        if self.targets.isEmpty, !self.hasAllTargets {
            do throws(RegistryError) {
                self.targets = try store.targets(after: self.lastTarget, limit: ConfigurationPass.pageSize)[...]
            } catch {
                throw .registry(error)
            }
            self.hasAllTargets = self.targets.count < ConfigurationPass.pageSize
            self.lastTarget = self.targets.last ?? self.lastTarget
        }
        return self.targets.first
    }
}
