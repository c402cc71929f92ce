internal import Synchronization

/// Someone who waits for records behind a position.
struct RecordWaiter: Sendable {
    var position: LogPosition
    var continuation: CheckedContinuation<Void, Never>

    func resume() { self.continuation.resume() }
}

extension LogTopic {
    /// Returns when something behind `position` is synced, when the topic is fenced or closed, or when the task is
    /// cancelled. Waiting costs no thread.
    package func waitForRecords(after position: LogPosition) async {
        let id = self.state.withLock { state in
            state.waiterNext += 1
            return state.waiterNext
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = self.state.withLock { state in
                    // Cancelled before this: the handler ran, or runs after this lock and finds the waiter.
                    guard state.syncedEnd <= position, state.status == .open, !Task.isCancelled else { return false }
                    state.waiters[id] = RecordWaiter(position: position, continuation: continuation)
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            self.state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
