internal import Synchronization

/// One value that one task waits for; the first one counts. Used from any thread.
final class OneShot<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case waiting(CheckedContinuation<Value, Never>)
        case fulfilled(Value)
        case taken
    }

    private let state = Mutex(State.empty)

    /// Gives the value; `false` when there was one before.
    @discardableResult
    func fulfil(_ value: Value) -> Bool {
        let (isFirst, continuation) = self.state.withLock { state -> (Bool, CheckedContinuation<Value, Never>?) in
            switch state {
            case .empty:
                state = .fulfilled(value)
                return (true, nil)
            case .waiting(let continuation):
                state = .taken
                return (true, continuation)
            case .fulfilled, .taken:
                return (false, nil)
            }
        }
        continuation?.resume(returning: value)
        return isFirst
    }

    /// Waits for the value; asked once.
    ///
    /// - Parameters:
    ///   - limit: how long.
    ///   - clock: whose time.
    ///   - late: the value when none came in time.
    ///   - cancelled: the value when the task is cancelled.
    /// - Returns: The first value.
    func value(within limit: Duration, on clock: HubClock, late: Value, cancelled: Value) async -> Value {
        let timer = Task { [self] in
            guard (try? await clock.sleep(limit)) != nil else { return }  // cancelled: the value is there
            self.fulfil(late)
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let value = self.state.withLock { state -> Value? in
                    switch state {
                    case .empty:
                        state = .waiting(continuation)
                        return nil
                    case .fulfilled(let value):
                        state = .taken
                        return value
                    case .waiting, .taken:
                        preconditionFailure("a one-shot value is asked for once")
                    }
                }
                if let value { continuation.resume(returning: value) }
            }
        } onCancel: {
            self.fulfil(cancelled)
        }
    }
}
