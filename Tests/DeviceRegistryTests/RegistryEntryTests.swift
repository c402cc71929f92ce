import DeviceRegistry
import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

@Suite("entries of bulk requests and imports, contract iothub-rest section 2")
struct RegistryEntryTests {
    /// What a mode does to `new`, which is not there, and to `old`, which is: with the right etag, or a stale one.
    @Test(
        "each mode makes, replaces, removes or refuses",
        arguments: [
            (RegistryEntry.Mode.create, "made", "exists", "exists"),
            (.update, "not found", "replaced", "replaced"),
            (.updateIfMatchETag, "not found", "replaced", "stale"),
            (.createOrUpdate, "made", "replaced", "replaced"),
            (.createOrUpdateIfMatchETag, "made", "replaced", "stale"),
            (.delete, "not found", "gone", "gone"),
            (.deleteIfMatchETag, "not found", "gone", "stale"),
            (.updateTwin, "not found", "twin", "twin"),
            (.updateTwinIfMatchETag, "not found", "twin", "twin"),
        ]
    )
    func modes(mode: RegistryEntry.Mode, absent: String, present: String, stale: String) throws {
        func outcome(_ id: String, etag: (StoredTwin) -> String) throws -> String {
            let registry = try Registry()
            let before = try #require(try registry.enter(.create, "old"))
            do {
                let after = try registry.enter(mode, id, etag: etag(before), twin: #"{"tags":{"a":1}}"#)
                guard let after else { return try registry.store.twin(Registry.id(id)) == nil ? "gone" : "there" }
                #expect(try registry.store.twin(after.identity.id) == after)
                #expect(after.twin.tags == ["a": 1])
                if id == "new" { return "made" }
                #expect(after.identity.generationID == before.identity.generationID)
                return after.identity.etag == before.identity.etag ? "twin" : "replaced"
            } catch EntryRefusal.registry(.alreadyExists) {
                return "exists"
            } catch EntryRefusal.registry(.notFound) {
                return "not found"
            } catch EntryRefusal.registry(.preconditionFailed) {
                return "stale"
            }
        }
        #expect(try outcome("new") { _ in "no" } == absent)
        #expect(try outcome("old") { $0.identity.etag } == present)
        #expect(try outcome("old") { _ in "no" } == stale)
    }

    @Test("a new twin begins with tags and desired properties, both $version 1, and is in the event of its creation")
    func initialTwin() throws {
        let registry = try Registry()
        let json = #"{"tags":{"site":"a"},"properties":{"desired":{"x":1,"gone":null}}}"#
        let made = try #require(try registry.enter(.create, "dev1", twin: json, author: "dps:group1"))
        #expect(made.twin.tags == ["site": "a"] && made.twin.desired.values == ["x": 1])
        #expect(made.twin.versions == TwinVersions(twin: 2, desired: 1, reported: 1))
        #expect(try registry.store.twin(made.identity.id) == made)
        let event = try #require(try registry.events().first)
        #expect(event.topic == "lifecycle" && event.source == "deviceLifecycleEvents")
        #expect(event.summary == "dev1 createDeviceIdentity" && event.at == Registry.now)
        let body = try event.body
        #expect(body["tags"] == ["site": "a"] && body["deviceId"] == "dev1" && body["version"] == 2)
        #expect(body["properties"]?.value(at: JSONPath(names: "desired", "x")) == 1)
        #expect(body["change"] == ["at": .string(Registry.now.description), "by": "dps:group1"])
    }

    @Test("a twin that is too large refuses the whole entry, and nothing of it is stored")
    func tooLarge() throws {
        let registry = try Registry()
        try registry.enter(.create, "old")
        let old = try registry.store.twin(Registry.id("old"))
        let tags = (0..<3).map { "\"k\($0)\":\"\(String(repeating: "x", count: 4_000))\"" }.joined(separator: ",")
        for (mode, id) in [(RegistryEntry.Mode.create, "new"), (.createOrUpdate, "old"), (.updateTwin, "old")] {
            #expect(throws: EntryRefusal.self) { try registry.enter(mode, id, twin: "{\"tags\":{\(tags)}}") }
        }
        #expect(try registry.store.twin(Registry.id("new")) == nil)
        #expect(try registry.store.twin(Registry.id("old")) == old)
        #expect(try registry.events().count == 1)
    }

    @Test(
        "of a twin that is there the given sections are replaced, the others stay, and it is one change by its author"
    )
    func replacedSections() throws {
        let registry = try Registry()
        try registry.enter(.create, "dev1", twin: #"{"tags":{"a":1,"b":2},"properties":{"desired":{"x":1}}}"#)
        let one = try #require(try registry.enter(.updateTwin, "dev1", twin: #"{"tags":{"c":3}}"#))
        #expect(one.twin.tags == ["c": 3] && one.twin.desired.values == ["x": 1])
        let two = try #require(
            try registry.enter(.update, "dev1", twin: #"{"properties":{"desired":{"y":2}}}"#, author: "policy:own")
        )
        #expect(two.twin.tags == ["c": 3] && two.twin.desired.values == ["y": 2])
        let events = try registry.events()
        #expect(events.map(\.operation) == ["createDeviceIdentity", "replaceTwin", "replaceTwin"])
        let record = try TwinRecord(parsing: events[2].value)
        #expect(record.author == "policy:own" && record.change.after == two.twin.versions)
    }

    @Test("the twin's etag is a condition of its own", arguments: [("AAAAAAAAAAE=", true), ("AAAAAAAAAAI=", false)])
    func twinETag(etag: String, isMet: Bool) throws {
        let registry = try Registry()
        try registry.enter(.create, "dev1")
        let outcome = Result {
            try registry.enter(.updateTwinIfMatchETag, "dev1", twin: #"{"tags":{"a":1}}"#, twinETag: etag)
        }
        #expect(((try? outcome.get()) != nil) == isMet)
        #expect(try registry.store.twin(Registry.id("dev1"))?.twin.tags == (isMet ? ["a": 1] : [:]))
    }

    @Test("in one batch each entry has its outcome, and deletions and creations follow each other")
    func batch() throws {
        let registry = try Registry()
        let entries = try [
            RegistryEntry(.create, Registry.identity("a"), author: "policy:p"),
            RegistryEntry(.create, Registry.identity("a"), author: "policy:p"),
            RegistryEntry(.delete, Registry.identity("a"), author: "policy:p"),
            RegistryEntry(.create, Registry.identity("a/m"), author: "policy:p"),
            RegistryEntry(.create, Registry.identity("a"), author: "policy:p"),
            RegistryEntry(.create, Registry.identity("a/m"), author: "policy:p"),
        ]
        let outcomes = try registry.store.apply(entries)
        let isDone = outcomes.map { outcome in
            if case .success = outcome { true } else { false }
        }
        #expect(isDone == [true, false, true, false, true, true])
        #expect(
            try registry.events().map(\.summary) == [
                "a createDeviceIdentity", "a deleteDeviceIdentity", "a createDeviceIdentity",
                "a/m createDeviceIdentity",
            ]
        )
    }

    @Test("a deleted device takes its modules, twins, tags and messages along; the events tell of each with its twin")
    func deletion() throws {
        let registry = try Registry()
        try registry.enter(.create, "dev1", twin: #"{"tags":{"site":"a"}}"#)
        try registry.enter(.create, "dev1/m", twin: #"{"tags":{"site":"b"}}"#)
        try registry.enter(.create, "dev2", twin: #"{"tags":{"site":"a"}}"#)
        let message = StoredMessage(
            to: try Registry.id("dev1"),
            payload: [1],
            author: "policy:service",
            enqueuedAt: Registry.now,
            expiresAt: Registry.now + .seconds(60)
        )
        _ = try registry.store.enqueue([message])
        let known = try registry.events().count
        try registry.enter(.delete, "dev1")
        let events = try Array(registry.events().dropFirst(known))
        #expect(
            events.map(\.summary) == ["dev1 purgeMessage", "dev1/m deleteDeviceIdentity", "dev1 deleteDeviceIdentity"]
        )
        #expect(try events[1].body["tags"] == ["site": "b"] && events[1].body["moduleId"] == "m")
        #expect(try registry.store.messageCount(of: Registry.id("dev1")) == 0)
        #expect(try registry.indexedTags() == ["dev2 site=a"])
        try registry.enter(.create, "dev1")
        #expect(try registry.store.twin(Registry.id("dev1"))?.twin.tags == [:])
    }
}
