internal import DeviceRegistry
internal import FleetQuery
internal import HubProtocol
internal import Logging
internal import TelemetryJSON
internal import TelemetryModel
internal import TwinModel

/// Brings twins to what configurations say. Owned by ``ConfigurationService/run()``.
///
/// At most ``groupSize`` twins in a tenth of a second, ``writesMax`` at a time. What is about to be in a twin is stored before
/// it is written, so that it can be taken away again whatever happens in between.
struct ConfigurationRunner {
    /// Between two looks at all twins.
    static let interval: Duration = .seconds(300)
    /// Twins that are changed with one transaction before and one behind.
    static let groupSize = 100
    /// Twins that are written at a time.
    static let writesMax = 20
    /// Twins that one blocking call looks at.
    private static let looksMax = 5_000
    private static let groupInterval: Duration = .milliseconds(100)

    /// What became of the work on one twin.
    private enum Outcome: Sendable {
        case done(ConfigurationWork)
        case gone(ConfigurationWork)
        case failed(ConfigurationWork, HubError)
    }

    private let store: any ConfigurationStore
    private let sources: JobSources
    private let mailbox: ConfigurationMailbox
    private let metrics: ConfigurationMetrics
    private let logger: Logger
    private var set = ConfigurationSet([])
    private var pass: ConfigurationPass?

    init(
        store: any ConfigurationStore,
        sources: JobSources,
        mailbox: ConfigurationMailbox,
        metrics: ConfigurationMetrics,
        logger: Logger
    ) {
        self.store = store
        self.sources = sources
        self.mailbox = mailbox
        self.metrics = metrics
        self.logger = logger
    }

    /// Works until there is nothing to look at.
    mutating func work() async {
        do throws(HubError) {
            while !Task.isCancelled, self.pass != nil || !self.mailbox.isEmpty {
                if self.mailbox.takeAll() {
                    try await self.load()
                    self.pass = ConfigurationPass(self.set)
                }
                let isDone = try await self.lookAtChanged()
                try await self.continuePass()
                if isDone, self.pass == nil { continue }
                try? await Task.sleep(for: ConfigurationRunner.groupInterval)  // cancelled: the loop ends
            }
        } catch {
            self.pass = nil
            self.logger.error("configurations rest until the next look: \(error.message)")
        }
    }

    // MARK: Private

    private mutating func load() async throws(HubError) {
        let store = self.store
        let stored = try await self.sources.calls.ask { () throws(RegistryError) in try store.configurations() }
        self.set = ConfigurationSet(stored)
        self.mailbox.setSections(stored.isEmpty ? nil : self.set.sections)
    }

    /// The next part of the look at all twins.
    private mutating func continuePass() async throws(HubError) {
        guard let pass = self.pass else { return }
        let (store, sources) = (self.store, self.sources)
        let found: (ConfigurationPass, work: [ConfigurationWork], isLast: Bool)
        do throws(QueryRefusal) {
            found = try await sources.calls.run {
                () throws(QueryRefusal) -> (ConfigurationPass, work: [ConfigurationWork], isLast: Bool) in
                var pass = pass
                let (work, isLast) = try pass.next(
                    limit: ConfigurationRunner.groupSize,
                    looks: ConfigurationRunner.looksMax,
                    from: store,
                    sources
                )
                return (pass, work, isLast)
            }
        } catch {
            throw StoreCalls.hubError(error)
        }
        self.pass = found.isLast ? nil : found.0
        try await self.carryOut(found.work)
        guard found.isLast else { return }
        let stored = try await sources.calls.ask { () throws(RegistryError) in try store.configurations() }
        for configuration in stored { try await self.metrics.refresh(configuration) }
    }

    /// Looks at twins that changed; whether none of them needed anything.
    private func lookAtChanged() async throws(HubError) -> Bool {
        let ids = self.mailbox.takeIDs().sorted()
        var isIdle = true
        var start = ids.startIndex
        while start < ids.endIndex {
            let end = min(start + ConfigurationRunner.groupSize, ids.endIndex)
            var work: [ConfigurationWork] = []
            for id in ids[start..<end] {
                if let needed = try await self.work(on: id) { work.append(needed) }
            }
            try await self.carryOut(work)
            if !work.isEmpty { isIdle = false }
            start = end
        }
        return isIdle
    }

    private func work(on id: IdentityID) async throws(HubError) -> ConfigurationWork? {
        let document: JSONObject
        do throws(HubError) {
            document = try await self.sources.fleet.twin(id).document
        } catch {
            // Its targets went with it.
            if error.code == .deviceNotFound || error.code == .moduleNotFound { return nil }
            throw error
        }
        let store = self.store
        let held = try await self.sources.calls.ask { () throws(RegistryError) in try store.targets(of: id) }
        let wanted = self.set.shares(of: self.set.matching(id, document))
        if let work = ConfigurationWork(id: id, held: held, wanted: wanted) { return work }
        let steps = ConfigurationPlan.steps(from: [], to: wanted, desired: document.desiredProperties)
        return steps.isEmpty ? nil : ConfigurationWork(checking: id, held: held, wanted: wanted)
    }

    private func carryOut(_ work: [ConfigurationWork]) async throws(HubError) {
        guard !work.isEmpty else { return }
        let store = self.store
        let intents = work.flatMap(\.intents)
        if !intents.isEmpty {
            try await self.sources.calls.ask { () throws(RegistryError) in
                try store.change(targets: intents, removing: [])
            }
        }
        let fleet = self.sources.fleet
        let outcomes = await withTaskGroup(of: Outcome.self) { group in
            var rest = work[...]
            var outcomes: [Outcome] = []
            for _ in 0..<ConfigurationRunner.writesMax {
                guard let next = rest.popFirst() else { break }
                group.addTask { await ConfigurationRunner.write(next, by: fleet) }
            }
            while let outcome = await group.next() {
                outcomes.append(outcome)
                if let next = rest.popFirst() { group.addTask { await ConfigurationRunner.write(next, by: fleet) } }
            }
            return outcomes
        }
        try await self.record(outcomes)
    }

    private func record(_ outcomes: [Outcome]) async throws(HubError) {
        var targets: [ConfigurationTarget] = []
        var removed: [(id: IdentityID, configuration: String)] = []
        var failures: [(ConfigurationWork, HubError)] = []
        for outcome in outcomes {
            switch outcome {
            case .done(let work):
                targets += work.results
                removed += work.released.map { (work.id, $0) }
            case .gone(let work): removed += work.held.map { (work.id, $0.configuration) }
            case .failed(let work, let error): failures.append((work, error))
            }
        }
        if let (work, error) = failures.first {
            self.logger.warning(
                "configurations are not applied to \(failures.count) twins, first to \(work.id): \(error.message)"
            )
        }
        let store = self.store
        try await self.sources.calls.ask { [targets, removed] () throws(RegistryError) in
            try store.change(targets: targets, removing: removed)
        }
    }

    private static func write(_ work: ConfigurationWork, by fleet: any FleetActing) async -> Outcome {
        do throws(HubError) {
            let desired = try await fleet.twin(work.id).document.desiredProperties
            let held = work.held.map { ConfigurationPlan.Share(id: $0.configuration, tree: $0.held) }
            for step in ConfigurationPlan.steps(from: held, to: work.wanted, desired: desired) {
                let patch = try TwinPatch(configured: step.patch)
                _ = try await fleet.update(work.id, patch, ifMatch: .any, author: "configuration:\(step.id)")
            }
            return .done(work)
        } catch {
            let isGone = error.code == .deviceNotFound || error.code == .moduleNotFound
            return isGone ? .gone(work) : .failed(work, error)
        }
    }
}

extension JSONObject {
    /// The desired properties of a twin as the service reads it, without metadata.
    var desiredProperties: JSONObject {
        var desired = self["properties"]?.object?["desired"]?.object ?? [:]
        desired["$metadata"] = nil
        desired["$version"] = nil
        return desired
    }
}
