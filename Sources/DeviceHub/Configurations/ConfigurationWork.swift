internal import DeviceRegistry
internal import TelemetryJSON
internal import TelemetryModel

/// What is to be done with one twin.
struct ConfigurationWork: Equatable, Sendable {
    let id: IdentityID
    /// What configurations have, or may have, in it.
    let held: [ConfigurationTarget]
    /// What they should have.
    let wanted: [ConfigurationPlan.Share]

    /// Work; `nil` when the twin already has what it should, as far as the registry knows.
    init?(id: IdentityID, held: [ConfigurationTarget], wanted: [ConfigurationPlan.Share]) {
        guard ConfigurationWork.differ(held, wanted) else { return nil }
        self.init(checking: id, held: held, wanted: wanted)
    }

    /// Work that looks at the twin whatever the registry knows.
    init(checking id: IdentityID, held: [ConfigurationTarget], wanted: [ConfigurationPlan.Share]) {
        self.id = id
        self.held = held
        self.wanted = wanted
    }

    /// What is stored before the twin is written: whatever may be in it afterwards.
    var intents: [ConfigurationTarget] {
        self.wanted.compactMap { share in
            let old = self.held.first { $0.configuration == share.id }
            let held = (old?.held ?? [:]).overlaid(with: share.tree)
            if let old, old.held == held { return nil }
            return ConfigurationTarget(id: self.id, configuration: share.id, isApplied: false, held: held)
        }
    }

    /// What is stored when the twin has all of it.
    var results: [ConfigurationTarget] {
        self.wanted.map { share in
            ConfigurationTarget(
                id: self.id,
                configuration: share.id,
                isApplied: !share.tree.isEmpty,
                held: share.tree
            )
        }
    }

    /// Configurations that have nothing in it any more.
    var released: [String] {
        self.held.map(\.configuration).filter { id in !self.wanted.contains { $0.id == id } }
    }

    private static func differ(_ held: [ConfigurationTarget], _ wanted: [ConfigurationPlan.Share]) -> Bool {
        guard held.count == wanted.count else { return true }
        return wanted.contains { share in
            guard let target = held.first(where: { $0.configuration == share.id }) else { return true }
            return target.held != share.tree || target.isApplied == share.tree.isEmpty
        }
    }
}
