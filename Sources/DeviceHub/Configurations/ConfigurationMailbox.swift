internal import FleetQuery
internal import Synchronization
internal import TelemetryModel

/// What the runner of configurations has to look at next. Used from any thread; telling it costs a lock and no more.
final class ConfigurationMailbox: Sendable {
    /// What there is to look at.
    struct Content {
        /// All twins.
        var isAll = false
        /// Twins that changed.
        var ids: Set<IdentityID> = []
    }

    /// Changed twins that are remembered; beyond it all are looked at, for what the registry knows of them.
    static let idsMax = 10_000

    /// Yields when there is something to look at; one reader.
    let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation
    private let content = Mutex(Content())
    /// What the conditions of all configurations read; `nil` while there are none.
    private let sections = Mutex<QuerySections?>(nil)

    init() {
        (self.wakes, self.waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func setSections(_ sections: QuerySections?) {
        self.sections.withLock { $0 = sections }
    }

    /// Configurations changed, or it is time to look at all twins.
    func lookAtAll() {
        self.content.withLock { $0.isAll = true }
        self.waker.yield()
    }

    func wake() {
        self.waker.yield()
    }

    /// A twin changed in these sections.
    func changed(_ id: IdentityID, _ sections: QuerySections) {
        guard let known = self.sections.withLock({ $0 }) else { return }
        guard !sections.isDisjoint(with: known) || sections.contains(.desired) else { return }
        let isFirst = self.content.withLock { content in
            guard content.ids.count < ConfigurationMailbox.idsMax else {
                content.isAll = true
                content.ids = []
                return false
            }
            content.ids.insert(id)
            return content.ids.count == 1
        }
        if isFirst { self.waker.yield() }
    }

    /// Whether there is any configuration.
    var hasConfigurations: Bool { self.sections.withLock { $0 != nil } }

    /// Whether there is nothing to look at.
    var isEmpty: Bool { self.content.withLock { !$0.isAll && $0.ids.isEmpty } }

    func takeAll() -> Bool {
        self.content.withLock { exchange(&$0.isAll, with: false) }
    }

    func takeIDs() -> Set<IdentityID> {
        self.content.withLock { exchange(&$0.ids, with: []) }
    }
}
