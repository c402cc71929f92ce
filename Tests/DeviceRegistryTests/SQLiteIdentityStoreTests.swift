import DeviceRegistry
import FoundationEssentials
import TelemetryModel
import Testing
import TwinModel

@Suite("the registry on SQLite, contract iothub-rest section 2")
struct SQLiteIdentityStoreTests {
    private func identity(_ id: String, key: String = "AAAA") throws -> DeviceIdentity {
        DeviceIdentity(id: try #require(IdentityID(id)), primaryKey: key, secondaryKey: "BBBB")
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
            Registry.error { () throws(RegistryError) in try registry.store.apply(.create(dev1)) }
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
        let updated = try #require(try registry.store.apply(.update(wanted, ifMatch: .etag(made.etag))))
        #expect(updated.generationID == made.generationID)
        #expect(updated.etag != made.etag)
        #expect(updated.primaryKey == "CCCC")
        #expect(updated.statusUpdatedTime == Timestamp(seconds: 1_795_000_000))
        #expect(
            Registry.error { () throws(RegistryError) in
                try registry.store.apply(.update(wanted, ifMatch: .etag(made.etag)))
            } == .preconditionFailed(made.id)
        )
        #expect(
            Registry.error { () throws(RegistryError) in
                try registry.store.apply(.update(unknown, ifMatch: .any))
            } == .notFound(unknown.id)
        )
        #expect(try registry.store.deviceCounts() == DeviceCounts(total: 1, enabled: 0))
    }

    @Test("deleting a device deletes its modules and sessions; made again it is another generation")
    func delete() throws {
        let registry = try Registry()
        let device = try #require(try registry.store.apply(.create(try self.identity("dev1"))))
        let module = try #require(try registry.store.apply(.create(try self.identity("dev1/mod1"))))
        let neighbour = try #require(try registry.store.apply(.create(try self.identity("dev1-b"))))
        for id in [device.id, module.id, neighbour.id] {
            _ = try registry.store.makeSession(of: .identity(id), clientID: "c", expirySeconds: 60)
        }
        #expect(try registry.store.sessions().count == 3)
        try registry.store.apply(.delete(device.id, ifMatch: .any))
        #expect(try registry.store.identity(module.id) == nil)
        #expect(try registry.store.sessions().map(\.principal) == [.identity(neighbour.id)])
        let again = try #require(try registry.store.apply(.create(try self.identity("dev1"))))
        #expect(again.generationID != device.generationID)
    }

    @Test("a module needs its device")
    func orphan() throws {
        let registry = try Registry()
        let module = try self.identity("dev1/mod1")
        #expect(
            Registry.error { () throws(RegistryError) in try registry.store.apply(.create(module)) }
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
            .delete(try #require(IdentityID("z")), ifMatch: .any),
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

    @Test(
        "If-Match is read with and without quotes",
        arguments: [
            ("*", EntityTagCondition.any), ("\"*\"", .any), ("abc=", .etag("abc=")), ("\"abc=\"", .etag("abc=")),
            ("W/\"abc\"", .etag("abc")), ("", .etag("")), ("\"", .etag("\"")),
        ]
    )
    func ifMatch(header: String, expected: EntityTagCondition) {
        #expect(EntityTagCondition(header: header) == expected)
    }

    @Test("a folder that is not there is a storage error with the reason")
    func unopenable() {
        #expect(throws: RegistryError.self) {
            try SQLiteIdentityStore(path: "/nonexistent/registry.sqlite") { Timestamp(seconds: 0) }
        }
    }
}
