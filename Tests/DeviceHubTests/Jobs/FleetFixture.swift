import DeviceHub
import DeviceRegistry
import Dispatch
import FoundationEssentials
import HubProtocol
import Logging
import Synchronization
import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

/// A registry in a folder of its own with devices whose twins and methods are at hand; removed at the end.
final class FleetFixture: FleetActing {
    /// A method call that reached a device.
    struct Call: Equatable {
        var id: String
        var name: String
        var author: String
    }

    private struct State {
        var now = Timestamp(seconds: 1_795_000_000)
        var calls: [Call] = []
        var updates: [String] = []
        /// Calls wait for it.
        var held: [CheckedContinuation<Void, Never>] = []
        var isHeld = false
        var faults: [String: HubError] = [:]
    }

    let folder = FileManager.default.temporaryDirectory.appending(path: "weir-fleet-\(UUID().uuidString)")
    let store: SQLiteIdentityStore
    private let state = Mutex(State())

    init() throws {
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        let path = self.folder.appending(path: "registry.sqlite").path()
        self.store = try SQLiteIdentityStore(path: path) { Timestamp(seconds: 1_795_000_000) }
    }

    deinit {
        self.store.close()
        try? FileManager.default.removeItem(at: self.folder)
    }

    /// Wall time here, which goes on by 20 ms whenever it is asked for, so that nobody waits for a rate.
    var now: Timestamp {
        self.state.withLock { state in
            state.now = state.now + .milliseconds(20)
            return state.now
        }
    }

    func advance(by time: Duration) {
        self.state.withLock { $0.now = $0.now + time }
    }

    var calls: [Call] { self.state.withLock { $0.calls } }

    /// Whose twin was written by whom: `d1 job:j1`.
    var updates: [String] { self.state.withLock { $0.updates } }

    /// Everything that is done with a device fails so; `nil` for no more.
    func fail(_ id: String, _ error: HubError?) {
        self.state.withLock { $0.faults[id] = error }
    }

    /// From now on calls wait for ``release()``.
    func hold() {
        self.state.withLock { $0.isHeld = true }
    }

    func release() {
        let held = self.state.withLock { state in
            state.isHeld = false
            return exchange(&state.held, with: [])
        }
        for continuation in held { continuation.resume() }
    }

    func sources() -> JobSources {
        JobSources(
            queries: self.store,
            live: LiveColumns(),
            fleet: self,
            calls: StoreCalls { body in DispatchQueue.global().async(execute: body) },
            now: { [self] in self.now }
        )
    }

    func jobs() -> JobService {
        JobService(store: self.store, sources: self.sources(), logger: FleetFixture.logger)
    }

    func configurations() -> ConfigurationService {
        ConfigurationService(store: self.store, sources: self.sources(), logger: FleetFixture.logger)
    }

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    // MARK: Devices

    /// Makes identities with tags: `d1`, `d1/m1`.
    func create(_ ids: [String], tags: String = "{}") throws {
        let entries = try ids.map { text in
            let id = try #require(IdentityID(text))
            let patch = try TwinPatch(parsing: #"{"tags":\#(tags)}"#.utf8)
            return RegistryEntry(.create, DeviceIdentity(id: id), twin: patch, author: "policy:test")
        }
        for outcome in try self.store.apply(entries) { _ = try outcome.get() }
    }

    func delete(_ id: String) throws {
        let id = try #require(IdentityID(id))
        try self.store.apply(.delete(id, ifMatch: .any), author: "policy:test")
    }

    /// Writes a twin as an operator does.
    func write(_ id: String, _ body: String) throws {
        let patch = try TwinPatch(parsing: body.utf8)
        let id = try #require(IdentityID(id))
        let write = TwinWrite(.update(patch, ifMatch: .any), of: id, author: "policy:test", at: self.now)
        _ = try self.store.apply([write])[0].get()
    }

    func report(_ id: String, _ body: String) throws {
        let patch = try SectionPatch.reported(parsing: body.utf8)
        let write = TwinWrite(
            .report(patch, ifVersion: nil),
            of: try #require(IdentityID(id)),
            author: "d",
            at: self.now
        )
        _ = try self.store.apply([write])[0].get()
    }

    /// The desired properties of a twin, JSON.
    func desired(_ id: String) throws -> String {
        let id = try #require(IdentityID(id))
        let stored = try #require(try self.store.twin(id))
        return stored.twin.desired.values.description
    }

    /// The operations of a topic's events in the outbox, in order.
    func operations(_ topic: String) throws -> [String] {
        try self.store.outbox(after: 0, limit: .max, bytesMax: .max).map(\.event).filter { $0.topic == topic }
            .map(\.operation)
    }

    // MARK: FleetActing

    func twin(_ id: IdentityID) async throws(HubError) -> TwinView {
        if let fault = self.state.withLock({ $0.faults[id.description] }) { throw fault }
        let stored: StoredTwin?
        do throws(RegistryError) {
            stored = try self.store.twin(id)
        } catch {
            throw HubError(.serverError, "\(error)")
        }
        guard let stored else { throw HubError(.deviceNotFound, "\(id)") }
        return TwinView(document: stored.serviceView(live: LiveState(), messageCount: 0), etag: stored.twin.etag)
    }

    func update(
        _ id: IdentityID,
        _ patch: TwinPatch,
        ifMatch condition: EntityTagCondition,
        author: String
    ) async throws(HubError) -> TwinView {
        if let fault = self.state.withLock({ $0.faults[id.description] }) { throw fault }
        let write = TwinWrite(.update(patch, ifMatch: condition), of: id, author: author, at: self.now)
        let result: Result<TwinOutcome, TwinRefusal>
        do throws(RegistryError) {
            result = try self.store.apply([write])[0]
        } catch {
            throw HubError(.serverError, "\(error)")
        }
        switch result {
        case .success: self.state.withLock { $0.updates.append("\(id) \(author)") }
        case .failure(.notFound): throw HubError(.deviceNotFound, "\(id)")
        case .failure(.refused(let error)): throw HubError(.preconditionFailed, "\(error)")
        }
        return try await self.twin(id)
    }

    func invoke(_ id: IdentityID, _ call: MethodCall, author: String) async throws(HubError) -> MethodAnswer {
        await withCheckedContinuation { continuation in
            let isHeld = self.state.withLock { state in
                state.calls.append(Call(id: id.description, name: call.name, author: author))
                if state.isHeld { state.held.append(continuation) }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
        if let fault = self.state.withLock({ $0.faults[id.description] }) { throw fault }
        return MethodAnswer(status: 200, payload: call.payload.isEmpty ? Array("null".utf8) : call.payload)
    }
}

/// A JSON object from its text.
func jsonObject(_ text: String) throws -> JSONObject {
    try #require(try JSONValue(parsing: text).object)
}

/// Waits until something is so, for at most ten seconds.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("not within 10 s: \(what)")
}
