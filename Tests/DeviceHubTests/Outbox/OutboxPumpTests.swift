import DeviceHub
import DeviceRegistry
import EventLog
import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

@Suite("Events reach the log exactly once, in order", .timeLimit(.minutes(1)))
struct OutboxPumpTests {
    @Test("what was appended before a crash and not settled is not appended again")
    func crash() async throws {
        let bench = try HubBench(devices: ["a", "b", "c", "e"])
        var stores = HubStores(bench.store)
        stores.outbox = Unsettled(bench.store)
        var lastVersions = [String: Int64]()
        for round in 0..<3 {
            let hub = try HubBench.hub(stores, bench.log, bench.clock)
            try await HubBench.running(hub) {
                for number in 0..<10 {
                    for device in ["a", "b", "c", "e"] {
                        let id = try HubBench.id(device)
                        let patch = try HubBench.patch(#"{"tags":{"n":\#(round * 10 + number)}}"#)
                        _ = try await hub.twins.update(id, patch, ifMatch: .any, author: "test")
                    }
                }
                _ = try await hub.twins.twin(try HubBench.id("a"), at: bench.clock.now)
            }
        }
        let records = try bench.records(of: "twin-changes")
        #expect(records.count == 120)
        for record in records {
            let version = try #require(record.value["version"]?.integer)
            #expect(version == (lastVersions[record.key] ?? 2) + 1)
            lastVersions[record.key] = version
        }
        #expect(Set(records.map(\.number)).count == 120)
        // The identities were made before any of that, and their events are there once, too.
        #expect(try bench.records(of: "lifecycle").count == 4)
    }

    @Test("settled events leave the outbox")
    func settled() async throws {
        let bench = try HubBench()
        try await HubBench.running(bench.hub) {
            let patch = try HubBench.patch(#"{"tags":{"n":1}}"#)
            _ = try await bench.hub.twins.update(try HubBench.id("d"), patch, ifMatch: .any, author: "test")
        }
        #expect(try bench.store.outbox(after: 0, limit: 10, bytesMax: 1_000).isEmpty)
        #expect(try bench.records(of: "twin-changes").count == 1)
    }
}

/// An outbox whose process is killed before anything is settled.
private struct Unsettled: OutboxStore {
    private let store: SQLiteIdentityStore

    init(_ store: SQLiteIdentityStore) {
        self.store = store
    }

    func add(_ events: [HubEvent]) throws(RegistryError) { try self.store.add(events) }

    func outbox(
        after number: Int64,
        limit: Int,
        bytesMax: Int
    ) throws(RegistryError) -> [(number: Int64, event: HubEvent)] {
        try self.store.outbox(after: number, limit: limit, bytesMax: bytesMax)
    }

    func settle(upTo number: Int64, positions: [String: [Int64]]) throws(RegistryError) {
        guard number == 0 else { throw .storage("killed") }
        try self.store.settle(upTo: number, positions: positions)
    }

    func settledPositions() throws(RegistryError) -> [String: [Int64]] { try self.store.settledPositions() }
}
