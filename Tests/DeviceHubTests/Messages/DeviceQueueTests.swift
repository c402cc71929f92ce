import DeviceRegistry
import TelemetryModel
import TestSupport
import Testing

@testable import DeviceHub

@Suite("Cloud-to-device messages of one device, contract iothub-rest section 6")
struct DeviceQueueTests {
    private static let start = Timestamp(milliseconds: 1_000_000)

    /// Messages as the store gives them, with numbers from 1.
    private func messages(
        _ numbers: ClosedRange<Int64>,
        living life: Duration = .seconds(60)
    ) throws -> [StoredMessage] {
        let device = try #require(IdentityID(device: "d"))
        return numbers.map { number in
            StoredMessage.numbered(number, to: device, at: Self.start, living: life)
        }
    }

    /// Actions as text: `load>0`, `deliver 3`, `complete 3`.
    private func text(_ actions: [DeviceQueue.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .load(let number, _): "load>\(number)"
            case .deliver(let message, _): "deliver \(message.number)"
            case .complete(let number): "complete \(number)"
            }
        }
    }

    @Test("a connection gets what waits, in order, and each acknowledgement makes room for one")
    func window() throws {
        var queue = DeviceQueue()
        #expect(self.text(queue.attach(1)) == ["load>0"])
        let all = try self.messages(1...18)
        #expect(self.text(queue.loaded(all, of: 1, at: Self.start)) == (1...16).map { "deliver \($0)" })
        #expect(self.text(queue.acknowledged(2, at: Self.start)) == ["complete 2", "deliver 17"])
        #expect(self.text(queue.acknowledged(2, at: Self.start)).isEmpty)
        #expect(self.text(queue.acknowledged(1, at: Self.start)) == ["complete 1", "deliver 18"])
        #expect(self.text(queue.added()) == ["load>18"])
    }

    @Test("what was not acknowledged goes to the next connection in its place, what is being completed does not")
    func reconnect() throws {
        var queue = DeviceQueue()
        _ = queue.attach(1)
        _ = queue.loaded(try self.messages(1...3), of: 1, at: Self.start)
        #expect(self.text(queue.acknowledged(2, at: Self.start)) == ["complete 2"])
        queue.detach(1)
        #expect(queue.added().isEmpty)
        #expect(self.text(queue.attach(2)) == ["load>0"])
        // The older connection's read comes late.
        #expect(queue.loaded(try self.messages(1...3), of: 1, at: Self.start).isEmpty)
        #expect(self.text(queue.loaded(try self.messages(1...3), of: 2, at: Self.start)) == ["deliver 1", "deliver 3"])
        queue.completed(2)
        queue.detach(2)
        #expect(queue.isIdle)
    }

    @Test("an expired or purged message is not delivered")
    func expiry() throws {
        var queue = DeviceQueue()
        _ = queue.attach(1)
        let late = Self.start + .seconds(60)
        #expect(queue.loaded(try self.messages(1...2), of: 1, at: late).isEmpty)
        _ = queue.added()
        let fresh = try self.messages(3...40, living: .seconds(120))
        #expect(queue.loaded(fresh, of: 1, at: late).count == 16)
        #expect(self.text(queue.removed(Set(3...30), at: late)) == (31...40).map { "deliver \($0)" })
    }

    @Test("a message that comes while others are read is read next")
    func meanwhile() throws {
        var queue = DeviceQueue()
        _ = queue.attach(1)
        #expect(queue.added().isEmpty)
        let actions = queue.loaded(try self.messages(1...1), of: 1, at: Self.start)
        #expect(self.text(actions) == ["deliver 1", "load>1"])
        queue.loadFailed(of: 1)
        #expect(self.text(queue.added()) == ["load>1"])
    }

    @Test("an older connection does not take messages from a newer one")
    func older() {
        var queue = DeviceQueue()
        _ = queue.attach(5)
        #expect(queue.attach(4).isEmpty)
        queue.detach(4)
        #expect(!queue.isIdle)
    }

    @Test("whatever happens, every message arrives, in order on each connection, and never twice on one")
    func everything() throws {
        var generator = SeededGenerator.announced()
        for _ in 0..<200 {
            var model = QueueModel(messages: try self.messages(1...30))
            for _ in 0..<300 { try model.step(&generator) }
            try model.finish()
        }
    }
}
