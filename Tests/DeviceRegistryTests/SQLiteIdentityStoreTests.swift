import DeviceRegistry
import FoundationEssentials
import TelemetryModel
import Testing

@Suite("the registry on SQLite, contract iothub-rest section 2")
struct SQLiteIdentityStoreTests {
    /// A store in a folder of its own, removed at the end.
    final class Registry {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-registry-\(UUID().uuidString)")
        let store: SQLiteIdentityStore

        init() throws {
            try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
            self.store = try Registry.open(self.folder)
        }

        static func open(_ folder: URL) throws -> SQLiteIdentityStore {
            try SQLiteIdentityStore(path: folder.appending(path: "registry.sqlite").path()) {
                Timestamp(seconds: 1_795_000_000)
            }
        }

        deinit {
            self.store.close()
            try? FileManager.default.removeItem(at: self.folder)
        }
    }

    private func identity(_ id: String, key: String = "AAAA") throws -> DeviceIdentity {
        DeviceIdentity(id: try #require(IdentityID(id)), primaryKey: key, secondaryKey: "BBBB")
    }

    private func error(_ body: () throws(RegistryError) -> Void) -> RegistryError? {
        do throws(RegistryError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test("a created identity is there with generation and etag, also after reopening")
    func create() throws {
        let registry = try Registry()
        let made = try #require(try registry.store.apply(.create(try self.identity("dev1"))))
        #expect(!made.generationID.isEmpty)
        #expect(made.etag.count == 8)
        registry.store.close()
        let again = try Registry.open(registry.folder)
        defer { again.close() }
        #expect(try again.identity(made.id) == made)
    }

    @Test("creating twice is refused, with case two ids are two")
    func twice() throws {
        let registry = try Registry()
        let dev1 = try self.identity("dev1")
        try registry.store.apply(.create(dev1))
        #expect(
            self.error { () throws(RegistryError) in try registry.store.apply(.create(dev1)) }
                == .alreadyExists(dev1.id)
        )
        try registry.store.apply(.create(try self.identity("DEV1")))
        #expect(try registry.store.deviceCounts() == DeviceCounts(total: 2, enabled: 2))
    }

    @Test("an update keeps the generation, changes the etag and minds If-Match")
    func update() throws {
        let registry = try Registry()
        let made = try #require(try registry.store.apply(.create(try self.identity("dev1"))))
        let unknown = try self.identity("nobody")
        var wanted = try self.identity("dev1", key: "CCCC")
        wanted.status = .disabled
        let updated = try #require(try registry.store.apply(.update(wanted, ifMatch: .equals(made.etag))))
        #expect(updated.generationID == made.generationID)
        #expect(updated.etag != made.etag)
        #expect(updated.primaryKey == "CCCC")
        #expect(updated.statusUpdatedTime == Timestamp(seconds: 1_795_000_000))
        #expect(
            self.error { () throws(RegistryError) in
                try registry.store.apply(.update(wanted, ifMatch: .equals(made.etag)))
            } == .preconditionFailed(made.id)
        )
        #expect(
            self.error { () throws(RegistryError) in
                try registry.store.apply(.update(unknown, ifMatch: .exists))
            } == .notFound(unknown.id)
        )
        #expect(try registry.store.deviceCounts() == DeviceCounts(total: 1, enabled: 0))
    }

    @Test("deleting a device deletes its modules and sessions; made again it is another generation")
    func delete() throws {
        let registry = try Registry()
        let device = try #require(try registry.store.apply(.create(try self.identity("dev1"))))
        let module = try #require(try registry.store.apply(.create(try self.identity("dev1/mod1"))))
        try registry.store.save(subscriptions: ["a/#"], of: device.id)
        try registry.store.save(subscriptions: [], of: module.id)
        #expect(try registry.store.subscriptions(of: module.id) == [])
        try registry.store.apply(.delete(device.id, ifMatch: .exists))
        #expect(try registry.store.identity(module.id) == nil)
        #expect(try registry.store.subscriptions(of: device.id) == nil)
        #expect(try registry.store.subscriptions(of: module.id) == nil)
        let again = try #require(try registry.store.apply(.create(try self.identity("dev1"))))
        #expect(again.generationID != device.generationID)
    }

    @Test("a module needs its device")
    func orphan() throws {
        let registry = try Registry()
        let module = try self.identity("dev1/mod1")
        #expect(
            self.error { () throws(RegistryError) in try registry.store.apply(.create(module)) }
                == .notFound(try #require(IdentityID("dev1")))
        )
    }

    @Test("in a bulk change a refused entry does not undo the others, and outcomes stand in order")
    func bulk() throws {
        let registry = try Registry()
        try registry.store.apply(.create(try self.identity("b")))
        let outcomes = try registry.store.apply([
            .create(try self.identity("a")), .create(try self.identity("b")),
            .createOrUpdate(try self.identity("b", key: "DDDD")),
            .delete(try #require(IdentityID("z")), ifMatch: .exists),
            .create(try self.identity("c")),
        ])
        #expect(outcomes.map { (try? $0.get()) != nil } == [true, false, true, false, true])
        #expect(try registry.store.devices(after: nil, limit: 10).map(\.id.device) == ["a", "b", "c"])
        #expect(try registry.store.identity(try #require(IdentityID("b")))?.primaryKey == "DDDD")
    }

    @Test("pages follow each other without gap or repeat", arguments: [1, 2, 3, 7, 100])
    func pages(limit: Int) throws {
        let registry = try Registry()
        let ids = (0..<7).map { "dev-\($0)" }
        _ = try registry.store.apply(try ids.map { .create(try self.identity($0)) })
        var seen = [String]()
        while true {
            let page = try registry.store.devices(after: seen.last, limit: limit)
            #expect(page.count <= limit)
            if page.isEmpty { break }
            seen += page.map(\.id.device)
        }
        #expect(seen == ids)
    }

    @Test("a session is remembered, replaced and forgotten, also across reopening")
    func sessions() throws {
        let registry = try Registry()
        let id = try #require(try registry.store.apply(.create(try self.identity("dev1")))).id
        #expect(try registry.store.subscriptions(of: id) == nil)
        try registry.store.save(subscriptions: ["devices/dev1/messages/devicebound/#", "$iothub/twin/res/#"], of: id)
        registry.store.close()
        let again = try Registry.open(registry.folder)
        defer { again.close() }
        #expect(
            try again.subscriptions(of: id) == ["devices/dev1/messages/devicebound/#", "$iothub/twin/res/#"]
        )
        try again.save(subscriptions: nil, of: id)
        #expect(try again.subscriptions(of: id) == nil)
    }

    @Test("a session of an identity that was deleted meanwhile is not kept for its successor")
    func lateSession() throws {
        let registry = try Registry()
        let id = try #require(IdentityID("dev1"))
        try registry.store.save(subscriptions: ["a/#"], of: id)
        try registry.store.apply(.create(try self.identity("dev1")))
        #expect(try registry.store.subscriptions(of: id) == nil)
    }

    @Test(
        "If-Match is read with and without quotes",
        arguments: [
            ("*", ETagCondition.exists), ("\"*\"", .exists), ("abc=", .equals("abc=")), ("\"abc=\"", .equals("abc=")),
            ("W/\"abc\"", .equals("abc")), ("", .equals("")), ("\"", .equals("\"")),
        ]
    )
    func ifMatch(header: String, expected: ETagCondition) {
        #expect(ETagCondition(header: header) == expected)
    }

    @Test("a folder that is not there is a storage error with the reason")
    func unopenable() {
        #expect(throws: RegistryError.self) {
            try SQLiteIdentityStore(path: "/nonexistent/registry.sqlite") { Timestamp(seconds: 0) }
        }
    }
}
