import Synchronization
import Testing

@testable import Gateway

@Suite("Lanes for slow computations", .timeLimit(.minutes(1)))
struct SlowLanesTests {
    /// Holds a lane until it is opened, and keeps the order of what ran.
    private final class Work: Sendable {
        let isOpen = Atomic<Bool>(false)
        let order = Mutex<[String]>([])

        func hold() {
            while !self.isOpen.load(ordering: .acquiring) {}
        }

        func note(_ name: String) {
            self.order.withLock { $0.append(name) }
        }
    }

    /// Waits until so many wait.
    private func wait(for count: Int, at lanes: SlowLanes) async throws {
        while lanes.waitingCount != count { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test("one with many checks lets each other source wait for one of them at most")
    func fairness() async throws {
        let lanes = SlowLanes(count: 1, callersMax: 100)
        let work = Work()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lanes.run(for: "first") { work.hold() } }
            // Until the lane is taken, so that all that follow wait.
            while lanes.isIdle { try await Task.sleep(for: .milliseconds(1)) }
            for number in 0..<20 {
                group.addTask { try await lanes.run(for: "flood") { work.note("flood") } }
                try await self.wait(for: number + 1, at: lanes)
            }
            for (number, source) in ["a", "b"].enumerated() {
                group.addTask { try await lanes.run(for: source) { work.note(source) } }
                try await self.wait(for: 21 + number, at: lanes)
            }
            work.isOpen.store(true, ordering: .releasing)
            try await group.waitForAll()
        }
        let order = work.order.withLock { $0 }
        #expect(order.prefix(4) == ["flood", "a", "b", "flood"])
        #expect(order.count == 22)
    }

    @Test("who is cancelled while it waits leaves the line, and its computation is not made")
    func cancellation() async throws {
        let lanes = SlowLanes(count: 1, callersMax: 100)
        let work = Work()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lanes.run(for: "first") { work.hold() } }
            while lanes.isIdle { try await Task.sleep(for: .milliseconds(1)) }
            let gone = Task { try await lanes.run(for: "a") { work.note("gone") } }
            try await self.wait(for: 1, at: lanes)
            gone.cancel()
            await #expect(throws: CancellationError.self) { try await gone.value }
            #expect(lanes.waitingCount == 0)
            group.addTask { try await lanes.run(for: "a") { work.note("stays") } }
            try await self.wait(for: 1, at: lanes)
            work.isOpen.store(true, ordering: .releasing)
            try await group.waitForAll()
        }
        #expect(work.order.withLock { $0 } == ["stays"])
        #expect(lanes.isIdle)
    }

    @Test("one more than may wait is told so, the last that may is not")
    func full() async throws {
        let lanes = SlowLanes(count: 1, callersMax: 2)
        let work = Work()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lanes.run(for: "a") { work.hold() } }
            while lanes.isIdle { try await Task.sleep(for: .milliseconds(1)) }
            group.addTask { try await lanes.run(for: "a") { work.note("second") } }
            try await self.wait(for: 1, at: lanes)
            await #expect(throws: SlowLanes.Full.self) { try await lanes.run(for: "b") { work.note("third") } }
            work.isOpen.store(true, ordering: .releasing)
            try await group.waitForAll()
        }
        #expect(work.order.withLock { $0 } == ["second"])
    }
}
