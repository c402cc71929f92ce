import DeviceRegistry
import TelemetryModel
import Testing

@Suite("the outbox, DESIGN section 5")
struct OutboxStoreTests {
    private func event(_ value: String, topic: String = "commands") throws -> HubEvent {
        HubEvent(
            topic: topic,
            source: "s",
            schema: "c",
            operation: "o",
            id: try Registry.id("dev1/m"),
            at: Registry.now,
            value: Array(value.utf8)
        )
    }

    @Test("events come back as they were, in order, as many as are asked for")
    func order() throws {
        let registry = try Registry()
        let events = try (0..<5).map { try self.event("\($0)") }
        try registry.store.add(events)
        let rows = try registry.store.outbox(after: 0, limit: 3, bytesMax: .max)
        #expect(rows.map(\.event) == Array(events.prefix(3)))
        let rest = try registry.store.outbox(after: rows[2].number, limit: 10, bytesMax: .max)
        #expect(rest.map(\.event) == Array(events.dropFirst(3)))
        #expect(try registry.store.outbox(after: rest[1].number, limit: 10, bytesMax: .max).isEmpty)
    }

    @Test("bytes bound a batch, and the first event always comes", arguments: [(0, 1), (3, 1), (6, 2), (7, 2), (9, 3)])
    func bytes(bytesMax: Int, count: Int) throws {
        let registry = try Registry()
        try registry.store.add(try (0..<3).map { _ in try self.event("abc") })
        #expect(try registry.store.outbox(after: 0, limit: 10, bytesMax: bytesMax).count == count)
    }

    @Test("settled events are gone, their numbers never come again, also after reopening, and positions are remembered")
    func settling() throws {
        let registry = try Registry()
        try registry.store.add([try self.event("1"), try self.event("2")])
        let numbers = try registry.store.outbox(after: 0, limit: 9, bytesMax: .max).map(\.number)
        try registry.store.settle(upTo: numbers[1], positions: ["commands": [3, 0, 7], "lifecycle": [1]])
        registry.store.close()
        let again = try Registry.open(registry.folder)
        defer { again.close() }
        #expect(try again.settledPositions() == ["commands": [3, 0, 7], "lifecycle": [1]])
        try again.add([try self.event("3")])
        let rows = try again.outbox(after: 0, limit: 9, bytesMax: .max)
        #expect(rows.map(\.event.value) == [Array("3".utf8)])
        #expect(rows[0].number > numbers[1])
        try again.settle(upTo: rows[0].number, positions: ["commands": [4, 0, 7]])
        #expect(try again.settledPositions() == ["commands": [4, 0, 7], "lifecycle": [1]])
    }
}
