import CoreMetrics
import EventLog
import KafkaProtocol
import NIOCore

/// The endpoint's part on one event loop: its connections, and the Fetch requests that wait for records.
///
/// Confined to its event loop.
final class KafkaLoop {
    /// How often what is overdue is looked for.
    private static let tickInterval = TimeAmount.seconds(1)
    /// Ticks that a watch is kept for which nobody waits.
    private static let watchTicksMax = 10

    let endpoint: KafkaEndpoint
    let eventLoop: any EventLoop
    /// How other threads reach this loop. Set once, right after the init.
    private(set) var mailbox: LoopMailbox
    private var connections: [UInt64: KafkaConnection] = [:]
    private var watches: [String: TopicWatch] = [:]
    private var ticks: RepeatedTask?
    private var drained: EventLoopPromise<Void>?

    init(endpoint: KafkaEndpoint, eventLoop: any EventLoop) {
        self.endpoint = endpoint
        self.eventLoop = eventLoop
        self.mailbox = LoopMailbox(eventLoop: eventLoop) { _ in }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        self.mailbox = LoopMailbox(eventLoop: eventLoop) { mail in bound.value.deliver(mail) }
        self.ticks = eventLoop.scheduleRepeatedTask(
            initialDelay: KafkaLoop.tickInterval,
            delay: KafkaLoop.tickInterval
        ) { _ in bound.value.tick() }
    }

    /// Whether the server stops.
    var isDraining: Bool { self.drained != nil }

    // MARK: Connections

    /// A socket was accepted.
    func add(_ connection: KafkaConnection) {
        self.connections[connection.id] = connection
        self.endpoint.metrics.accepted.increment()
        self.endpoint.metrics.connections.increment(by: 1)
    }

    /// A socket is gone.
    func remove(_ connection: KafkaConnection) {
        guard self.connections.removeValue(forKey: connection.id) != nil else { return }
        self.endpoint.leave()
        self.endpoint.metrics.connections.decrement(by: 1)
        self.finishDrainIfEmpty()
    }

    /// Closes the connections of a principal.
    func disconnect(principal name: String) {
        for connection in Array(self.connections.values) where connection.access?.principal.name == name {
            connection.close(.administrative)
        }
    }

    private func deliver(_ mail: [LoopMail]) {
        for item in mail {
            switch item {
            case .produced(let connection, let request, let topic, let outcomes):
                self.connections[connection]?.produced(request, topic: topic, outcomes)
            case .fetched(let connection, let request, let result):
                if let connection = self.connections[connection] {
                    connection.fetched(request, result)
                } else {
                    self.endpoint.answerBytes.give(back: result.reservedBytes)
                }
            case .committed(let watch):
                for id in watch.takeAll() { self.connections[id]?.checkWaitingFetch() }
            case .run(let connection, let body):
                if let connection = self.connections[connection] { body(connection) }
            }
        }
    }

    private func tick() {
        let now = NIODeadline.now()
        for connection in Array(self.connections.values) { connection.tick(at: now) }
        for (name, watch) in self.watches where watch.isIdleTick() > KafkaLoop.watchTicksMax {
            self.watches[name] = nil
        }
    }

    // MARK: Waiting for records

    /// The watch of a topic, made when there is none. A topic that was deleted and made again has a new one.
    func watch(_ topic: LogTopic) -> TopicWatch {
        if let watch = self.watches[topic.name], watch.topic === topic { return watch }
        let watch = TopicWatch(topic: topic, mailbox: self.mailbox)
        self.watches[topic.name] = watch
        return watch
    }

    // MARK: Shutdown

    /// Stops reading, answers what is in work, closes; the future ends when no socket is left, or when the time is over.
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
        self.finishDrainIfEmpty()
        return promise.futureResult
    }

    private func finishDrainIfEmpty() {
        if self.isDraining, self.connections.isEmpty { self.finishDrain() }
    }

    private func finishDrain() {
        self.ticks?.cancel()
        self.ticks = nil
        self.watches = [:]
        self.drained?.succeed()
    }
}
