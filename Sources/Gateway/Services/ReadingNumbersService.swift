package import CoreMetrics
import EventLog
package import Logging
package import MQTTServer
package import NIOCore
import NIOPosix
import ReadingNumbers
import ServiceLifecycle
package import TelemetryModel

/// Reads the numbers of readings back from the log at the start, keeps their snapshot young, and tells gaps in topic
/// `lifecycle`.
///
/// | metric | what |
/// | --- | --- |
/// | `weir_numbers_devices` | devices whose numbers are remembered |
/// | `weir_numbers_bytes` | memory that takes |
/// | `weir_numbers_forgotten_ranges` | ranges of numbers that were given up |
/// | `weir_numbers_forgotten_devices` | devices that were |
/// | `weir_numbers_gaps_lost` | gaps that came too fast to be told |
/// | `weir_numbers_gaps` | gaps told |
package final class ReadingNumbersService: Service {
    /// When what is here is done.
    package struct Timing: Equatable, Sendable {
        /// How long readings are waited for when later ones are there.
        package var gapAge: Duration = .seconds(24 * 3_600)
        /// Between two searches for such readings.
        package var gapInterval: Duration = .seconds(60)
        /// Between two looks.
        package var interval: Duration = .seconds(1)
        /// A snapshot is written at the latest so long after the one before, when anything came.
        package var snapshotAge: Duration = .seconds(300)
        /// The same when gaps were told, which a start without it tells again.
        package var toldSnapshotAge: Duration = .seconds(10)
        /// Bytes of a snapshot above which that does not hasten it.
        package var toldSnapshotBytesMax: UInt64 = 16 << 20
        /// And as soon as so much of the log is behind it, or twice its own size.
        package var snapshotDistance: UInt64 = 64 << 20

        /// The defaults.
        package init() {}
    }

    private let store: ReceivedStore
    private let lifecycle: LifecycleRecorder
    private let group: any EventLoopGroup
    private let timing: Timing
    private let now: @Sendable () -> Timestamp
    private let metrics: Metrics
    private let logger: Logger
    /// Of its own: reading a whole log takes long, and others wait for the shared threads.
    private let pool = NIOThreadPool(numberOfThreads: 1)

    /// A service that has done nothing yet.
    ///
    /// - Parameters:
    ///   - store: the numbers.
    ///   - lifecycle: where gaps are told.
    ///   - group: the event loops that judge by the numbers.
    ///   - timing: when things are done.
    ///   - now: the wall clock.
    ///   - metrics: where the counters go.
    ///   - logger: for faults.
    package init(
        store: ReceivedStore,
        lifecycle: LifecycleRecorder,
        group: any EventLoopGroup,
        timing: Timing = Timing(),
        now: @escaping @Sendable () -> Timestamp,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        self.store = store
        self.lifecycle = lifecycle
        self.group = group
        self.timing = timing
        self.now = now
        self.metrics = Metrics(factory: metrics)
        self.logger = logger
    }

    /// Reads the snapshot and the log, then works until graceful shutdown, then writes a last snapshot.
    package func run() async throws {
        self.pool.start()
        let result: Result<Void, any Error>
        do {
            result = .success(try await self.runOnPool())
        } catch {
            result = .failure(error)
        }
        try await self.pool.shutdownGracefully()
        try result.get()
    }

    private func runOnPool() async throws {
        var round = Round()
        let started = ContinuousClock.now
        let caughtUp = try await withGracefulShutdownHandler {
            try await self.blocking { $0.catchUp() }
        } onGracefulShutdown: { [store] in
            store.stopReading()
        }
        round.covered = caughtUp.covered
        // What is behind that is known in part only: it is no ground for telling gaps, nor to say that more is covered.
        guard caughtUp.isComplete else {
            let isNewer = self.store.covered.map { $0 < caughtUp.covered } ?? true
            if isNewer || self.store.numbers.deletions > 0 { await self.snapshot(&round) }
            return
        }
        self.logger.info(
            "numbers of readings are known",
            metadata: [
                "devices": "\(self.store.numbers.deviceCount)", "seconds": "\((ContinuousClock.now - started).seconds)",
            ]
        )
        round = await cancelWhenGracefulShutdown { [round] in
            var round = round
            while !Task.isCancelled {
                await self.work(&round)
                try? await Task.sleep(for: self.timing.interval)  // ends early when it is cancelled
            }
            return round
        }
        await self.work(&round, isLast: true)
    }

    /// What one look leaves for the next.
    private struct Round: Sendable {
        /// All before it is in the numbers.
        var covered: LogPosition?
        var mark: ReceivedStore.Mark?
        var snapshotAt = ContinuousClock.now
        var gapsAt: ContinuousClock.Instant?
        var deletions = 0
        var isTelling = true
        /// Gaps were told since the last snapshot.
        var hasTold = false
        /// The log's end at the last snapshot.
        var endWhenWritten: LogPosition?
    }

    private func work(_ round: inout Round, isLast: Bool = false) async {
        if round.gapsAt.map({ ContinuousClock.now - $0 >= self.timing.gapInterval }) ?? true {
            round.gapsAt = .now
            let oldest = self.now() + (.zero - self.timing.gapAge)
            self.store.numbers.expire(noticedBy: UInt32(clamping: oldest.milliseconds / 60_000))
        }
        await self.tellGaps(&round)
        await self.advance(&round)
        if self.isSnapshotDue(round, isLast: isLast) { await self.snapshot(&round) }
        self.metrics.report(self.store.numbers)
    }

    private func tellGaps(_ round: inout Round) async {
        while let (gaps, confirmation) = self.store.numbers.nextGaps {
            do {
                try await self.lifecycle.tell(gaps)
            } catch {
                if round.isTelling {
                    self.logger.error("gaps are not told, they are kept", metadata: ["reason": "\(error)"])
                }
                round.isTelling = false
                return
            }
            round.isTelling = true
            self.store.numbers.confirm(confirmation)
            self.metrics.gaps.increment(by: gaps.count)
            round.hasTold = true
        }
    }

    /// Finds out how far the log is in the numbers: a mark counts when the log committed behind it, and the loops have
    /// worked off their notices.
    private func advance(_ round: inout Round) async {
        if let mark = round.mark, self.store.isPassed(mark) {
            for eventLoop in self.group.makeIterator() {
                // Fails when the loop is shut down: then this is the end.
                guard (try? await eventLoop.submit {}.get()) != nil else { return }
            }
            round.covered = mark.end
            round.mark = nil
        }
        if round.mark == nil { round.mark = self.store.mark }
    }

    private func isSnapshotDue(_ round: Round, isLast: Bool) -> Bool {
        guard let covered = round.covered else { return false }
        guard let written = self.store.covered else { return true }
        if self.store.numbers.deletions != round.deletions { return true }
        // What is behind it is in the numbers in part, and gaps of it may be told: they are worth keeping, too.
        guard written < covered || round.hasTold || round.endWhenWritten != self.store.mark.end else { return false }
        let distance = self.store.distance(from: written, to: covered)
        let age = ContinuousClock.now - round.snapshotAt
        let isHastened = round.hasTold && self.store.fileBytes <= self.timing.toldSnapshotBytesMax
        return isLast
            || age >= (isHastened ? min(self.timing.toldSnapshotAge, self.timing.snapshotAge) : self.timing.snapshotAge)
            || distance >= max(self.timing.snapshotDistance, 2 * self.store.fileBytes)
    }

    private func snapshot(_ round: inout Round) async {
        guard let covered = round.covered else { return }
        let deletions = self.store.numbers.deletions
        let end = self.store.mark.end
        round.snapshotAt = .now
        do {
            try await self.blocking { try $0.write(covering: covered) }
            round.deletions = deletions
            round.hasTold = false
            round.endWhenWritten = end
        } catch {
            self.logger.warning("no snapshot of received numbers", metadata: ["reason": "\(error)"])
        }
    }

    private func blocking<Value: Sendable>(
        _ body: @escaping @Sendable (ReceivedStore) throws -> Value
    ) async throws -> Value {
        let store = self.store
        // Also when the task is cancelled: the last snapshot is written then.
        return try await withCheckedThrowingContinuation { continuation in
            self.pool.submit { _ in continuation.resume(with: Result { try body(store) }) }
        }
    }

    private struct Metrics: Sendable {
        let devices: Meter
        let bytes: Meter
        let forgottenRanges: Meter
        let forgottenDevices: Meter
        let gapsLost: Meter
        let gaps: Counter

        init(factory: any MetricsFactory) {
            func meter(_ name: String) -> Meter { Meter(label: "weir_numbers_\(name)", factory: factory) }
            self.devices = meter("devices")
            self.bytes = meter("bytes")
            self.forgottenRanges = meter("forgotten_ranges")
            self.forgottenDevices = meter("forgotten_devices")
            self.gapsLost = meter("gaps_lost")
            self.gaps = Counter(label: "weir_numbers_gaps", factory: factory)
        }

        func report(_ numbers: ReceivedNumbers) {
            let counts = numbers.counts
            self.devices.set(Int64(numbers.deviceCount))
            self.bytes.set(Int64(numbers.bytes))
            self.forgottenRanges.set(Int64(counts.forgottenRanges))
            self.forgottenDevices.set(Int64(counts.forgottenDevices))
            self.gapsLost.set(Int64(counts.lostGaps))
        }
    }
}

extension Duration {
    fileprivate var seconds: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
