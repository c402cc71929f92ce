package import CoreMetrics
package import EventLog
package import Logging
package import MQTTServer
import ServiceLifecycle
import Synchronization
import TelemetryJSON
package import TelemetryModel

/// Writes connects and disconnects into topic `lifecycle`, one record each.
///
/// - Called on event loops: an event is a struct put into a bounded list; encoding and disk are this service's.
/// - Bound: 65,536 waiting events; more are dropped, counted and logged once until it is caught up.
///
/// Record: contract iothub-rest section 10, `deviceConnectionStateEvents`, with address, reason and, for what is the
/// same on all of a connection's records, authentication scope and generation in the body.
package final class LifecycleRecorder: ConnectionObserving, Service {
    private struct Event: Sendable {
        var connection: ConnectionEvent
        var time: Timestamp
        /// `nil` = opened.
        var reason: CloseReason?
    }

    private struct State {
        var events = [Event]()
        var isOverflowing = false
        var sequence: UInt64
    }

    private static let eventsMax = 65_536
    /// Events of one append: bounds how long encoding keeps a shared thread.
    private static let appendMax = 1_024

    private let topic: LogTopic
    private let hubName: String
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let dropped: Counter
    private let state: Mutex<State>
    private let wake = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    /// A recorder into `topic`.
    package init(
        topic: LogTopic,
        hubName: String,
        now: @escaping @Sendable () -> Timestamp,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        self.topic = topic
        self.hubName = hubName
        self.now = now
        self.logger = logger
        self.dropped = Counter(label: "weir_lifecycle_dropped", factory: metrics)
        // Grows across restarts: the clock's microseconds are ahead of any count of the last run.
        self.state = Mutex(State(sequence: UInt64(max(0, now().milliseconds)) * 1_000))
    }

    package func opened(_ connection: ConnectionEvent) {
        self.note(connection, reason: nil)
    }

    package func closed(_ connection: ConnectionEvent, reason: CloseReason) {
        self.note(connection, reason: reason)
    }

    package func refused(_ refusal: ConnectionRefusal) {
        // Counted by the endpoint; a record each would let anyone who reaches the port fill the disk.
        self.logger.debug(
            "connection refused",
            metadata: [
                "client": "\(refusal.clientID)", "peer": "\(refusal.remoteAddress)", "reason": "\(refusal.reason)",
            ]
        )
    }

    private func note(_ connection: ConnectionEvent, reason: CloseReason?) {
        let event = Event(connection: connection, time: self.now(), reason: reason)
        let overflow = self.state.withLock { state -> (drops: Bool, begins: Bool) in
            guard state.events.count < LifecycleRecorder.eventsMax else {
                defer { state.isOverflowing = true }
                return (true, !state.isOverflowing)
            }
            state.events.append(event)
            return (false, false)
        }
        if overflow.drops { self.dropped.increment() }
        if overflow.begins {
            self.logger.warning("lifecycle records are dropped: connections come faster than the disk takes them")
        }
        self.wake.continuation.yield()
    }

    /// Writes until graceful shutdown, then what is left.
    package func run() async throws {
        for await _ in self.wake.stream.cancelOnGracefulShutdown() { while await self.flush() {} }
        while await self.flush() {}
    }

    /// Writes the oldest events; `false` when there were none.
    private func flush() async -> Bool {
        let (events, first) = self.state.withLock { state in
            let events = Array(state.events.prefix(LifecycleRecorder.appendMax))
            defer {
                state.sequence += UInt64(events.count)
                state.events.removeFirst(events.count)
                state.isOverflowing = false
            }
            return (events, state.sequence)
        }
        guard !events.isEmpty else { return false }
        let records = events.enumerated().map { self.record($1, sequence: first + UInt64($0)) }
        do {
            _ = try await self.topic.append(records)
        } catch {
            self.dropped.increment(by: records.count)
            self.logger.error("lifecycle records are not written", metadata: ["reason": "\(error)"])
        }
        return true
    }

    private func record(_ event: Event, sequence: UInt64) -> NewRecord {
        let connection = event.connection
        var json = JSONWriter()
        json.beginObject()
        let hex = String(sequence, radix: 16, uppercase: true)
        json.key("sequenceNumber")
        json.string(String(repeating: "0", count: 64 - hex.count) + hex)
        json.key("remoteAddress")
        json.string(connection.remoteAddress)
        json.key("tls")
        json.bool(connection.isTLS)
        for (name, value) in connection.attributes.sorted(by: { $0.key < $1.key }) {
            json.key(name)
            json.string(value)
        }
        if let reason = event.reason {
            json.key("reason")
            json.string(reason.rawValue)
        }
        json.endObject()
        var headers = [
            ("content-type", "application/json"), ("content-encoding", "utf-8"),
            ("iothub-message-source", "deviceConnectionStateEvents"),
            ("iothub-message-schema", "deviceConnectionStateNotification"),
            ("opType", event.reason == nil ? "deviceConnected" : "deviceDisconnected"),
            ("operationTimestamp", "\(event.time)"), ("hubName", self.hubName),
            ("deviceId", connection.identity.device),
        ]
        if let module = connection.identity.module { headers.append(("moduleId", module)) }
        return NewRecord(
            key: Array(connection.identity.description.utf8),
            value: json.bytes,
            headers: headers.map { RecordHeader(name: $0.0, value: Array($0.1.utf8)) }
        )
    }
}
