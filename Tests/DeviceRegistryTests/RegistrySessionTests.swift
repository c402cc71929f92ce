import DeviceRegistry
import TelemetryModel
import Testing
import TwinModel

@Suite("sessions in the registry")
struct RegistrySessionTests {
    private func device(_ name: String, in registry: Registry) throws -> Principal {
        let id = try #require(IdentityID(name))
        try registry.store.apply(.create(DeviceIdentity(id: id, primaryKey: "AAAA", secondaryKey: "BBBB")))
        return .identity(id)
    }

    @Test("a session is remembered with subscriptions, expiry and its connection's end, also across reopening")
    func keep() throws {
        let registry = try Registry()
        let principal = try self.device("dev1", in: registry)
        let made = try #require(
            try registry.store.makeSession(of: principal, clientID: "c", expirySeconds: .max)
        )
        #expect(made.subscriptions == "[]")
        try registry.store.apply([
            SessionChange.subscriptions(made.number, "[1]"), .expirySeconds(made.number, 7),
            .disconnected(made.number, at: Timestamp(seconds: 9)),
        ])
        registry.store.close()
        let again = try Registry.open(registry.folder)
        defer { again.close() }
        let kept = StoredSession(
            number: made.number,
            principal: principal,
            clientID: "c",
            expirySeconds: 7,
            subscriptions: "[1]",
            disconnectedAt: Timestamp(seconds: 9)
        )
        #expect(try again.sessions() == [kept])
        #expect(try again.session(of: principal, clientID: "c") == kept)
        #expect(try again.session(of: principal, clientID: "other") == nil)
        try again.apply([SessionChange.disconnected(made.number, at: nil)])
        #expect(try again.sessions().first?.disconnectedAt == nil)
    }

    @Test("a number is never given twice: not to a replacement, nor after the last session was deleted and reopened")
    func numbers() throws {
        let registry = try Registry()
        let principal = try self.device("dev1", in: registry)
        let first = try #require(try registry.store.makeSession(of: principal, clientID: "c", expirySeconds: 1))
        let second = try #require(try registry.store.makeSession(of: principal, clientID: "c", expirySeconds: 2))
        #expect(second.number > first.number)
        #expect(try registry.store.sessions().map(\.number) == [second.number])
        try registry.store.apply([SessionChange.delete(second.number), .delete(999)])
        #expect(try registry.store.sessions().isEmpty)
        registry.store.close()
        let again = try Registry.open(registry.folder)
        defer { again.close() }
        let third = try #require(try again.makeSession(of: principal, clientID: "c", expirySeconds: 3))
        #expect(third.number > second.number)
    }

    @Test("client ids of different principals do not meet, and a device is not the application of its name's look")
    func principals() throws {
        let registry = try Registry()
        let one = try self.device("dev1", in: registry)
        let two = try self.device("dev2", in: registry)
        try registry.store.apply(ApplicationChange.create(ApplicationIdentity(name: "app")))
        for principal in [one, two, .application("app")] {
            _ = try registry.store.makeSession(of: principal, clientID: "same", expirySeconds: 1)
        }
        #expect(try registry.store.sessions().map(\.principal) == [one, two, .application("app")])
    }

    @Test("one who is not registered gets no session, so that a successor finds none; anonymous ones do")
    func gone() throws {
        let registry = try Registry()
        let nobody = Principal.identity(try #require(IdentityID("dev1")))
        #expect(try registry.store.makeSession(of: nobody, clientID: "c", expirySeconds: 1) == nil)
        #expect(try registry.store.makeSession(of: .application("x"), clientID: "c", expirySeconds: 1) == nil)
        let anonymous = Principal.application(ApplicationIdentity.anonymousName)
        #expect(try registry.store.makeSession(of: anonymous, clientID: "c", expirySeconds: 1) != nil)
        try registry.store.apply([SessionChange.subscriptions(4_711, "[]")])
        #expect(try registry.store.sessions().count == 1)
    }

    @Test("deleting an application deletes its sessions, not those of a device with a like name")
    func application() throws {
        let registry = try Registry()
        let device = try self.device("application", in: registry)
        try registry.store.apply(ApplicationChange.create(ApplicationIdentity(name: "a")))
        _ = try registry.store.makeSession(of: device, clientID: "a", expirySeconds: 1)
        _ = try registry.store.makeSession(of: .application("a"), clientID: "a", expirySeconds: 1)
        try registry.store.apply(ApplicationChange.delete("a", ifMatch: .any))
        #expect(try registry.store.sessions().map(\.principal) == [device])
    }
}
