import DeviceRegistry
import TelemetryJSON
import TelemetryModel
import Testing

@Suite("Stored configurations, contract iothub-rest section 7")
struct ConfigurationStoreTests {
    private static let event = HubEvent(
        topic: "commands",
        source: "test",
        schema: "test",
        operation: "test",
        id: nil,
        at: Registry.now,
        value: []
    )

    private static func refusal(_ body: () throws(ConfigurationRefusal) -> Void) -> ConfigurationRefusal? {
        do throws(ConfigurationRefusal) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    private static func target(
        _ id: String,
        _ configuration: String,
        isApplied: Bool = true
    ) throws
        -> ConfigurationTarget
    {
        ConfigurationTarget(
            id: try Registry.id(id),
            configuration: configuration,
            isApplied: isApplied,
            held: ["a": .integer(1)]
        )
    }

    @Test("configurations are made once, changed and deleted with the right etag, and never too many")
    func conditions() throws {
        let registry = try Registry()
        let store = registry.store
        let new = StoredConfiguration(id: "c", body: Array("{}".utf8), createdTime: Registry.now)
        let made = try store.add(new, limit: 1, event: Self.event)
        #expect(!made.etag.isEmpty)
        var second = new
        second.id = "d"
        let refusals: [ConfigurationRefusal?] = [
            Self.refusal { () throws(ConfigurationRefusal) in _ = try store.add(new, limit: 9, event: Self.event) },
            Self.refusal { [second] () throws(ConfigurationRefusal) in
                _ = try store.add(second, limit: 1, event: Self.event)
            },
            Self.refusal { () throws(ConfigurationRefusal) in
                _ = try store.update("c", body: [], etag: "x", at: Registry.now, event: Self.event)
            },
            Self.refusal { () throws(ConfigurationRefusal) in
                try store.deleteConfiguration("x", etag: nil, event: Self.event)
            },
        ]
        #expect(refusals == [.alreadyExists, .tooMany, .preconditionFailed, .notFound])
        let body = Array(#"{"a":1}"#.utf8)
        let changed = try store.update("c", body: body, etag: made.etag, at: Registry.now, event: Self.event)
        #expect(changed.etag != made.etag && changed.body == body)
        try store.setResults(["c": Array("{}".utf8)])
        #expect(try store.configurations().map(\.results) == [Array("{}".utf8)])
        try store.deleteConfiguration("c", etag: changed.etag, event: Self.event)
        #expect(try store.configurations().isEmpty)
    }

    @Test("targets come in order, page by page, and go with their identity")
    func targets() throws {
        let registry = try Registry()
        for id in ["d1", "d1/m", "d2"] { try registry.enter(.create, id) }
        let store = registry.store
        let all = try [
            Self.target("d1", "a"), Self.target("d1", "b", isApplied: false), Self.target("d1/m", "a"),
            Self.target("d2", "a"),
        ]
        try store.change(targets: all.reversed() + [try Self.target("unknown", "a")], removing: [])
        var found: [ConfigurationTarget] = []
        while let page = try Optional(store.targets(after: found.last, limit: 2)), !page.isEmpty { found += page }
        #expect(found == all)
        #expect(try store.targets(of: try Registry.id("d1")) == Array(all.prefix(2)))
        #expect(try store.targetCounts(of: "a").applied == 3)
        let counts = try store.targetCounts(of: "b")
        #expect(counts.targeted == 1 && counts.applied == 0)
        try store.change(targets: [], removing: [(try Registry.id("d1"), "a")])
        #expect(try store.targetCounts(of: "a").applied == 2)
        try registry.enter(.delete, "d1")
        #expect(try store.targets(after: nil, limit: 9) == [all[3]])
    }
}
