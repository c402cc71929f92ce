import AMQPProtocol
import CoreMetrics
import NIOCore

/// The endpoint's part on one event loop: its connections, and their clock.
///
/// Confined to its event loop.
final class AMQPLoop {
    /// How often what is due is looked for.
    private static let tickInterval = TimeAmount.seconds(1)

    let endpoint: AMQPEndpoint
    let eventLoop: any EventLoop
    private var connections: [UInt64: AMQPConnectionHandler] = [:]
    private var ticks: RepeatedTask?
    private var drained: EventLoopPromise<Void>?

    init(endpoint: AMQPEndpoint, eventLoop: any EventLoop) {
        self.endpoint = endpoint
        self.eventLoop = eventLoop
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        self.ticks = eventLoop.scheduleRepeatedTask(
            initialDelay: AMQPLoop.tickInterval,
            delay: AMQPLoop.tickInterval
        ) { _ in bound.value.tick() }
    }

    /// Whether the server stops.
    var isDraining: Bool { self.drained != nil }

    /// A socket was accepted.
    func add(_ connection: AMQPConnectionHandler) {
        self.connections[connection.id] = connection
        self.endpoint.metrics.accepted.increment()
        self.endpoint.metrics.connections.increment(by: 1)
    }

    /// A socket is gone.
    func remove(_ connection: AMQPConnectionHandler) {
        guard self.connections.removeValue(forKey: connection.id) != nil else { return }
        self.endpoint.leave()
        self.endpoint.metrics.connections.decrement(by: 1)
        if self.isDraining, self.connections.isEmpty { self.finishDrain() }
    }

    /// Closes the connections that have a token of this policy.
    func disconnect(principal: String) {
        for connection in Array(self.connections.values) where connection.principal == principal {
            connection.shutDown(.administrative)
        }
    }

    /// Stops reading, finishes the messages in work, closes; the future ends when no socket is left, or the time is over.
    func drain(within timeout: TimeAmount) -> EventLoopFuture<Void> {
        let promise = self.eventLoop.makePromise(of: Void.self)
        self.drained = promise
        for connection in Array(self.connections.values) { connection.drain() }
        let bound = NIOLoopBound(self, eventLoop: self.eventLoop)
        let deadline = self.eventLoop.scheduleTask(in: timeout) {
            for connection in Array(bound.value.connections.values) { connection.close(.serverShutdown) }
            bound.value.finishDrain()
        }
        promise.futureResult.whenComplete { _ in deadline.cancel() }
        if self.connections.isEmpty { self.finishDrain() }
        return promise.futureResult
    }

    private func finishDrain() {
        self.ticks?.cancel()
        self.ticks = nil
        self.drained?.succeed()
    }

    private func tick() {
        for connection in Array(self.connections.values) { connection.tick() }
    }
}
