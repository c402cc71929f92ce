import Synchronization
import Testing

@testable import KafkaServer

@Suite("bytes that many share, first come, first served")
struct TurnBudgetTests {
    private final class Granted: Sendable {
        let names = Mutex<[String]>([])

        func note(_ name: String) { self.names.withLock { $0.append(name) } }
        var all: [String] { self.names.withLock { $0 } }
    }

    @Test("what fits is taken at once, also to the last byte", arguments: [(90, 10, true), (90, 11, false)])
    func limit(used: Int, asked: Int, isTaken: Bool) {
        let budget = TurnBudget(limit: 100)
        #expect(budget.take(used) {} == nil)
        #expect((budget.take(asked) {} == nil) == isTaken)
        #expect(budget.used == (isTaken ? used + asked : used))
    }

    @Test("who waits is served in turn; nobody passes, however little it wants")
    func turns() {
        let budget = TurnBudget(limit: 100)
        let granted = Granted()
        #expect(budget.take(100) {} == nil)
        #expect(budget.take(60) { granted.note("a") } != nil)
        #expect(budget.take(60) { granted.note("b") } != nil)
        #expect(budget.take(1) { granted.note("c") } != nil)
        budget.give(back: 50)
        #expect(granted.all.isEmpty)
        budget.give(back: 50)
        #expect(granted.all == ["a"])
        budget.give(back: 60)
        #expect(granted.all == ["a", "b", "c"])
        #expect(budget.used == 61)
    }

    @Test("whoever takes more than there is gets it when all others gave theirs back")
    func oversized() {
        let budget = TurnBudget(limit: 100)
        let granted = Granted()
        #expect(budget.take(1) {} == nil)
        #expect(budget.take(1_000) { granted.note("large") } != nil)
        budget.give(back: 1)
        #expect(granted.all == ["large"])
        budget.give(back: 1_000)
        #expect(budget.used == 0)
    }

    @Test("a turn that is given up lets the next one in; one that was granted says so")
    func givenUp() throws {
        let budget = TurnBudget(limit: 100)
        let granted = Granted()
        #expect(budget.take(90) {} == nil)
        let first = try #require(budget.take(50) { granted.note("first") })
        #expect(budget.take(10) { granted.note("second") } != nil)
        #expect(budget.giveUp(first))
        #expect(granted.all == ["second"])
        #expect(!budget.giveUp(first))
    }
}
