package import NIOCore
import NIOPosix
import Synchronization

/// A queue between any thread and one waiting test; every wait has a time limit.
package final class Mailbox<Element: Sendable>: Sendable {
    package struct TimeOut: Error {
        package var waitedFor: String
    }

    private struct State {
        var elements: [Element] = []
        var waiter: EventLoopPromise<Element>?
    }

    private let name: String
    private let state = Mutex(State())

    package init(_ name: String) {
        self.name = name
    }

    package func push(_ element: Element) {
        let waiter = self.state.withLock { state in
            if state.waiter == nil { state.elements.append(element) }
            return exchange(&state.waiter, with: nil)
        }
        waiter?.succeed(element)
    }

    /// The next element; throws when none comes in time.
    package func next(within limit: TimeAmount = .seconds(20)) async throws -> Element {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        let promise = eventLoop.makePromise(of: Element.self)
        let ready = self.state.withLock { state -> Element? in
            if !state.elements.isEmpty { return state.elements.removeFirst() }
            state.waiter = promise
            return nil
        }
        if let ready { promise.succeed(ready) }
        let timeout = eventLoop.scheduleTask(in: limit) { promise.fail(TimeOut(waitedFor: self.name)) }
        defer { timeout.cancel() }
        return try await promise.futureResult.get()
    }
}
