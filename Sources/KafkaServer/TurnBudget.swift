import DequeModule
import Synchronization

/// A number of bytes that many share; who finds too few left waits, and is served first come, first served.
///
/// - Whoever takes more than there is at all gets it when everybody else has given back theirs.
/// - A grant is called on the thread that gave bytes back; it hops to where it wants to be and does not block.
final class TurnBudget: Sendable {
    /// Bytes that were taken; given back with ``TurnBudget/give(back:)``.
    struct Turn: Hashable, Sendable {
        fileprivate var number: UInt64
    }

    private struct Waiter {
        var turn: Turn
        var bytes: Int
        var grant: @Sendable () -> Void
    }

    private struct State {
        var used = 0
        var waiters: Deque<Waiter> = []
        var turnNext: UInt64 = 0
    }

    /// Bytes there are.
    let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// Bytes taken now.
    var used: Int { self.state.withLock { $0.used } }

    /// Callers that wait.
    var waiting: Int { self.state.withLock { $0.waiters.count } }

    /// Takes bytes now, and returns `nil`, or later: then `grant` is called once, unless the turn is given up before.
    func take(_ bytes: Int, orWait grant: @escaping @Sendable () -> Void) -> Turn? {
        self.state.withLock { state in
            if state.waiters.isEmpty, self.fits(bytes, in: state) {
                state.used += bytes
                return nil
            }
            state.turnNext += 1
            let turn = Turn(number: state.turnNext)
            state.waiters.append(Waiter(turn: turn, bytes: bytes, grant: grant))
            return turn
        }
    }

    /// Takes bytes without waiting, also over the limit: what turned out larger than was taken for it.
    func takeMore(_ bytes: Int) {
        self.state.withLock { $0.used += bytes }
    }

    /// Gives bytes back; those who wait get theirs.
    func give(back bytes: Int) {
        guard bytes > 0 else { return }
        let granted = self.state.withLock { state in
            state.used -= bytes
            return self.serve(&state)
        }
        for waiter in granted { waiter.grant() }
    }

    /// Gives a turn up; false when it was granted already, and its bytes are to be given back.
    func giveUp(_ turn: Turn) -> Bool {
        let (isFound, granted) = self.state.withLock { state -> (Bool, [Waiter]) in
            guard let index = state.waiters.firstIndex(where: { $0.turn == turn }) else { return (false, []) }
            state.waiters.remove(at: index)
            return (true, self.serve(&state))
        }
        for waiter in granted { waiter.grant() }
        return isFound
    }

    private func fits(_ bytes: Int, in state: State) -> Bool {
        state.used == 0 || state.used + bytes <= self.limit
    }

    private func serve(_ state: inout State) -> [Waiter] {
        var granted: [Waiter] = []
        while let first = state.waiters.first, self.fits(first.bytes, in: state) {
            state.used += first.bytes
            granted.append(state.waiters.removeFirst())
        }
        return granted
    }
}
