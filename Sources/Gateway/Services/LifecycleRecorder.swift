package import CoreMetrics
package import EventLog
package import Logging
package import MQTTServer
package import ReadingNumbers
import ServiceLifecycle
import Synchronization
package import TelemetryModel

/// Writes connects, disconnects, refusals and full queues into topic `lifecycle`.
///
/// - Called on event loops: an event is put into a bounded queue; encoding and disk are this service's.
/// - Bounds: ``LifecycleBacklog``. Dropped events are counted, and logged once until it is caught up.
/// - While the topic takes nothing (a nearly full disk, a fence) records are dropped and counted: logged once when that
///   begins, and with their number when it ends.
///
/// Records: ``LifecycleRecord``.
package final class LifecycleRecorder: ConnectionObserving, Service {
    /// Events of one append: bounds how long encoding keeps a shared thread.
    private static let appendMax = 1_024
    /// Time between two summaries of refusals.
    private static let summaryInterval: Duration = .seconds(1)

    private let topic: LogTopic
    private let hubName: String
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let dropped: Counter
    private let backlog: Mutex<LifecycleBacklog>
    private let started = ContinuousClock.now
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
        self.backlog = Mutex(LifecycleBacklog(sequence: UInt64(max(0, now().milliseconds)) * 1_000))
    }

    package func opened(_ connection: ConnectionEvent) {
        self.note(.opened(connection))
    }

    package func closed(_ connection: ConnectionEvent, end: ConnectionEnd) {
        self.note(.closed(connection, end))
    }

    package func refused(_ refusal: ConnectionRefusal) {
        self.logger.debug(
            "connection refused",
            metadata: [
                "client": "\(refusal.clientID)", "peer": "\(refusal.remoteAddress)", "reason": "\(refusal.reason)",
            ]
        )
        self.note(.refused(refusal))
    }

    package func sessionQueueFull(principal: Principal, clientID: String) {
        self.note(.queueFull(principal, clientID: clientID))
    }

    /// Writes gaps among numbered readings; returns when they are on the disk.
    package func tell(_ gaps: [ReadingGap]) async throws(EventLogError) {
        let time = self.now()
        let first = self.backlog.withLock { $0.takeSequence(gaps.count) }
        var records = gaps.enumerated().map { index, gap in
            LifecycleRecord.make(
                LifecycleBacklog.Entry(event: .gap(gap), time: time, sequence: first + UInt64(index)),
                hubName: self.hubName
            )
        }
        while !records.isEmpty {
            _ = try await self.topic.append(Array(records.prefix(LifecycleRecorder.appendMax)))
            records.removeFirst(min(records.count, LifecycleRecorder.appendMax))
        }
    }

    private func note(_ event: LifecycleEvent) {
        let time = self.now()
        switch self.backlog.withLock({ $0.note(event, at: time, now: ContinuousClock.now - self.started) }) {
        case .kept:
            self.wake.continuation.yield()
        case .counted:
            break
        case .dropped(let isFirst):
            self.dropped.increment()
            guard isFirst else { return }
            self.logger.warning("lifecycle records are dropped: connections come faster than the disk takes them")
        }
    }

    /// Writes until graceful shutdown, then what is left.
    package func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.summarizeRefusals() }
            for await _ in self.wake.stream.cancelOnGracefulShutdown() { while await self.flush() {} }
            group.cancelAll()
        }
        self.summarize()
        while await self.flush() {}
    }

    private func summarizeRefusals() async {
        while (try? await Task.sleep(for: LifecycleRecorder.summaryInterval)) != nil {  // ends when it is cancelled
            if self.summarize() { self.wake.continuation.yield() }
        }
    }

    @discardableResult
    private func summarize() -> Bool {
        let time = self.now()
        return self.backlog.withLock { $0.summarize(at: time) }
    }

    /// Writes the oldest events; `false` when there were none.
    private func flush() async -> Bool {
        let entries = self.backlog.withLock { $0.take(atMost: LifecycleRecorder.appendMax) }
        guard !entries.isEmpty else { return false }
        let records = entries.map { LifecycleRecord.make($0, hubName: self.hubName) }
        do {
            _ = try await self.topic.append(records)
            self.log(self.backlog.withLock { $0.noteWritten() })
        } catch {
            self.dropped.increment(by: records.count)
            self.log(self.backlog.withLock { $0.noteLost(records.count) }, reason: "\(error)")
        }
        return true
    }

    private func log(_ change: LifecycleBacklog.WriteChange, reason: String = "") {
        switch change {
        case .unchanged:
            break
        case .stopped:
            self.logger.error("lifecycle records are not written until this is over", metadata: ["reason": "\(reason)"])
        case .resumed(let lost):
            self.logger.notice("lifecycle records are written again", metadata: ["lost": "\(lost)"])
        }
    }
}
