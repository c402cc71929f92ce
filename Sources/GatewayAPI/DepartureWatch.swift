import Synchronization

/// Who wants to know that a client has left, once. Used from any thread.
final class DepartureWatch: Sendable {
    private enum State {
        case watching(@Sendable () -> Void)
        case left
        case over
    }

    private let state: Mutex<State>

    /// - Parameter left: called once, on any thread, when the client leaves before ``end()``.
    init(_ left: @escaping @Sendable () -> Void) {
        self.state = Mutex(.watching(left))
    }

    /// Whether the client left.
    var hasLeft: Bool {
        self.state.withLock { if case .left = $0 { true } else { false } }
    }

    /// The client left.
    func leave() {
        let left = self.state.withLock { state -> (@Sendable () -> Void)? in
            guard case .watching(let left) = state else { return nil }
            state = .left
            return left
        }
        left?()
    }

    /// Nobody wants to know any more.
    func end() {
        self.state.withLock { if case .watching = $0 { $0 = .over } }
    }
}
