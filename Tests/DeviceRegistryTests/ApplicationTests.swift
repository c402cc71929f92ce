import DeviceRegistry
import TelemetryModel
import Testing
import TwinModel

@Suite("applications, modules and access in the registry")
struct ApplicationTests {
    private static let access = IdentityAccess(
        password: PasswordHash(
            text: "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        ),
        topics: TopicGrants(publish: ["a/{device}"], subscribe: ["b/\"#"]),
        limits: RateLimits(messagesPerSecond: 5, connectsPerMinute: 0)
    )

    private func device(_ name: String) throws -> DeviceIdentity {
        DeviceIdentity(id: try #require(IdentityID(name)), primaryKey: "AAAA", secondaryKey: "BBBB")
    }

    @Test("an application is made, found, changed under its etag, listed and deleted")
    func life() throws {
        let store = try Registry()
        let wanted = ApplicationIdentity(name: "app", thumbprint: Thumbprint.sha256(of: [1]), access: Self.access)
        let made = try #require(try store.store.apply(ApplicationChange.create(wanted)))
        #expect(made.access == Self.access)
        #expect(try store.store.application("app") == made)
        #expect(
            Registry.error { () throws(RegistryError) in try store.store.apply(ApplicationChange.create(wanted)) }
                == .applicationExists("app")
        )
        var changed = wanted
        changed.status = .disabled
        changed.access = IdentityAccess()
        #expect(
            Registry.error { () throws(RegistryError) in
                try store.store.apply(ApplicationChange.update(changed, ifMatch: .etag("stale")))
            } == .applicationPreconditionFailed("app")
        )
        let updated = try #require(
            try store.store.apply(ApplicationChange.update(changed, ifMatch: .etag(made.etag)))
        )
        #expect(updated.generationID == made.generationID)
        #expect(updated.etag != made.etag)
        #expect(try store.store.application("app")?.access == IdentityAccess())
        try store.store.apply(ApplicationChange.create(ApplicationIdentity(name: "b")))
        #expect(try store.store.applications(after: nil, limit: 10).map(\.name) == ["app", "b"])
        #expect(try store.store.applications(after: "app", limit: 10).map(\.name) == ["b"])
        #expect(try store.store.applications(after: nil, limit: 1).map(\.name) == ["app"])
        try store.store.apply(ApplicationChange.delete("app", ifMatch: .any))
        #expect(try store.store.application("app") == nil)
        #expect(
            Registry.error { () throws(RegistryError) in
                try store.store.apply(ApplicationChange.delete("app", ifMatch: .any))
            } == .applicationNotFound("app")
        )
    }

    @Test("a device and an application never have one name")
    func names() throws {
        let registry = try Registry()
        let device = try self.device("one")
        try registry.store.apply(.create(device))
        #expect(
            Registry.error { () throws(RegistryError) in
                try registry.store.apply(ApplicationChange.create(ApplicationIdentity(name: "one")))
            } == .nameTaken("one")
        )
        try registry.store.apply(ApplicationChange.create(ApplicationIdentity(name: "two")))
        let second = try self.device("two")
        #expect(
            Registry.error { () throws(RegistryError) in try registry.store.apply(.createOrUpdate(second)) }
                == .nameTaken("two")
        )
        #expect(ApplicationIdentity.isValidName("two") && !ApplicationIdentity.isValidName("anonymous"))
        #expect(!ApplicationIdentity.isValidName("a/b") && !ApplicationIdentity.isValidName(""))
    }

    @Test("kind, thumbprints, password, topics and limits of a device are kept across reopening")
    func access() throws {
        let registry = try Registry()
        var device = try self.device("dev1")
        device.kind = .selfSigned
        device.primaryThumbprint = .sha1(of: [1])
        device.secondaryThumbprint = .sha256(of: [2])
        device.access = Self.access
        let made = try #require(try registry.store.apply(.create(device)))
        registry.store.close()
        let again = try Registry.open(registry.folder)
        defer { again.close() }
        #expect(try again.identity(made.id) == made)
        #expect(made.hasSameCredentials(as: device))
        device.access.topics.publish = []
        #expect(!made.hasSameCredentials(as: device))
    }

    @Test("a thumbprint finds its owners, only of kind selfSigned, and of several more than one")
    func thumbprints() throws {
        let registry = try Registry()
        let certificate: [UInt8] = [7]
        let thumbprints = Thumbprint.all(of: certificate)
        var device = try self.device("dev1")
        device.kind = .selfSigned
        device.secondaryThumbprint = .sha1(of: certificate)
        try registry.store.apply(.create(device))
        #expect(try registry.store.principals(withAnyOf: thumbprints) == [.identity(device.id)])
        try registry.store.apply(
            ApplicationChange.create(ApplicationIdentity(name: "app", thumbprint: .sha256(of: certificate)))
        )
        #expect(
            try Set(registry.store.principals(withAnyOf: thumbprints)) == [.identity(device.id), .application("app")]
        )
        device.kind = .sas
        try registry.store.apply(.update(device, ifMatch: .any))
        #expect(try registry.store.principals(withAnyOf: thumbprints) == [.application("app")])
        #expect(try registry.store.principals(withAnyOf: [.sha256(of: [8])]).isEmpty)
    }

    @Test("a device has at most 50 modules, listed in order")
    func modules() throws {
        let registry = try Registry()
        let device = try self.device("dev1")
        try registry.store.apply(.create(device))
        for number in 10..<60 { try registry.store.apply(.create(try self.device("dev1/m\(number)"))) }
        let extra = try self.device("dev1/m60")
        #expect(
            Registry.error { () throws(RegistryError) in try registry.store.apply(.create(extra)) }
                == .tooManyModules(device.id)
        )
        #expect(try registry.store.modules(of: device.id).map(\.id.module) == (10..<60).map { "m\($0)" })
        #expect(try registry.store.deviceCounts().total == 1)
    }
}
