import CoreMetrics
import DequeModule
import MQTTProtocol
import NIOCore
import TelemetryModel

extension IngestLoop {
    /// A socket was accepted.
    func add(_ connection: ConnectionHandler) {
        self.connections[connection.id] = connection
        self.endpoint.metrics.sockets.increment(by: 1)
    }

    /// A socket is gone.
    func remove(_ connection: ConnectionHandler) {
        guard self.connections.removeValue(forKey: connection.id) != nil else { return }
        self.endpoint.connections.leave()
        self.endpoint.metrics.sockets.decrement(by: 1)
        self.finishDrainIfEmpty()
    }

    /// A socket waits for its turn.
    func hold(_ socket: AdmissionHandler) {
        self.held[socket.id] = socket
    }

    /// A socket waits no more; false when it did not.
    func release(_ socket: AdmissionHandler) -> Bool {
        defer { self.finishDrainIfEmpty() }
        return self.held.removeValue(forKey: socket.id) != nil
    }

    // MARK: What is not done on the loop

    /// Whether a decision may be asked for a CONNECT of this address; if not, `body` is called when it is worth to ask
    /// again.
    func mayAsk(for source: String, else body: @escaping () -> Void) -> Bool {
        let asked = self.sources[source]?.asked ?? 0
        guard asked >= self.endpoint.configuration.authenticationsPerAddressMax else { return true }
        self.sources[source]?.waiting.append(body)
        return false
    }

    /// Asks for a decision about CONNECT; the answer comes on this loop, whatever became of the connection.
    ///
    /// - Returns: what to cancel when nobody waits for the decision any more.
    func authenticate(
        _ request: ConnectRequest,
        of source: String,
        then answer: @escaping (ConnectDecision) -> Void
    ) -> Task<Void, Never> {
        self.authentications += 1
        self.sources[source, default: AuthenticationTurns()].asked += 1
        let authenticator = self.endpoint.authenticator
        let promise = self.eventLoop.nonisolated().makePromise(of: ConnectDecision.self)
        promise.futureResult.assumeIsolated().whenSuccess { decision in
            self.authentications -= 1
            answer(decision)
            self.leave(source)
            self.finishDrainIfEmpty()
        }
        return Task { promise.succeed(await authenticator.authenticate(request)) }
    }

    /// A decision about a CONNECT of this address is made: the next in its line may ask.
    private func leave(_ source: String) {
        self.sources[source]?.asked -= 1
        while let turns = self.sources[source], turns.asked < self.endpoint.configuration.authenticationsPerAddressMax {
            guard let next = self.sources[source]?.waiting.popFirst() else {
                if turns.asked == 0 { self.sources[source] = nil }
                return
            }
            next()
        }
    }

    /// Asks the broker for a session; the answer comes on this loop, whatever became of the connection.
    func attach(
        _ request: AttachRequest,
        _ connection: ConnectionHandler,
        then answer: @escaping (Result<Attachment, AttachError>) -> Void
    ) {
        self.attachments += 1
        self.broker.attach(request, subscriber: connection) { result in
            self.attachments -= 1
            answer(result)
            self.finishDrainIfEmpty()
        }
    }

    /// Asks what a principal may do now; the answer comes on this loop.
    func askPermissions(
        of principal: Principal,
        then answer: @escaping ((@Sendable (_ clientID: String) -> TopicPermissions)?) -> Void
    ) {
        self.attachments += 1
        let authenticator = self.endpoint.authenticator
        self.eventLoop.nonisolated()
            .makeFutureWithTask { await authenticator.permissions(of: principal) }
            .assumeIsolated()
            .whenSuccess { permissions in
                self.attachments -= 1
                answer(permissions)
                self.finishDrainIfEmpty()
            }
    }

    // MARK: Shutdown

    /// Stops reading, waits until all that was taken is acknowledged, closes; the future ends when no socket is left,
    /// or when the time is over.
    func drain(within timeout: TimeAmount) -> EventLoopFuture<Void> {
        let promise = self.eventLoop.nonisolated().makePromise(of: Void.self)
        self.drained = promise
        self.isDraining = true
        for socket in Array(self.held.values) { socket.close() }
        for connection in Array(self.connections.values) { connection.drain() }
        let deadline = self.eventLoop.scheduleTask(in: timeout) {
            for connection in Array(self.connections.values) { connection.close(.serverShutdown) }
            self.finishDrain()
        }
        promise.futureResult.whenComplete { _ in deadline.cancel() }
        self.finishDrainIfEmpty()
        return promise.futureResult
    }

    private func finishDrainIfEmpty() {
        guard self.isDraining, self.connections.isEmpty, self.held.isEmpty, self.authentications == 0,
            self.attachments == 0
        else { return }
        self.finishDrain()
    }

    private func finishDrain() {
        guard let drained = exchange(&self.drained, with: nil) else { return }
        self.closeLogs()
        drained.succeed()
    }
}
