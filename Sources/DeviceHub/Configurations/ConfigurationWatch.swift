internal import DeviceRegistry
internal import FleetQuery
internal import Synchronization
internal import TelemetryJSON
internal import TelemetryModel
internal import TwinModel

/// Tells the configurations what was written into twins. Made before them, because they write twins themselves.
final class ConfigurationWatch: Sendable {
    /// Weak: the configurations hold, by way of the twins, whoever holds the watch.
    private struct Watcher {
        weak var service: ConfigurationService?
    }

    private let watcher = Mutex(Watcher())

    init() {}

    /// Whom to tell from now on.
    func watch(for service: ConfigurationService) {
        self.watcher.withLock { $0.service = service }
    }

    /// Twins were written.
    func changed(_ outcomes: [TwinOutcome]) {
        guard let service = self.watcher.withLock({ $0.service }) else { return }
        for outcome in outcomes {
            guard let change = outcome.change else { continue }
            service.changed(outcome.stored.identity.id, ConfigurationWatch.sections(of: change))
        }
    }

    /// The states of the configurations that apply to a twin.
    func states(of id: IdentityID) -> JSONObject {
        self.watcher.withLock { $0.service }?.states(of: id) ?? [:]
    }

    private static func sections(of change: TwinChange) -> QuerySections {
        var sections = QuerySections()
        if change.tags != nil { sections.insert(.tags) }
        if change.desired != nil { sections.formUnion([.desired, .desiredMetadata]) }
        if change.reported != nil { sections.formUnion([.reported, .reportedMetadata]) }
        return sections
    }
}
