import EdgeCore
import Glibc
import Synchronization

/// The spool's thread: the only one that waits for the disk. Appends what the delivery gives it, syncs within the window,
/// reads the backlog ahead of the uplink, and removes what was acknowledged.
///
/// When the disk takes nothing, readings stay in memory and it tries again every ``retryMilliseconds``. It sleeps while
/// there is nothing to do.
final class SpoolWorker: Sendable {
    static let retryMilliseconds: Int64 = 10_000

    private let folder: String
    private let settings: SpoolSettings
    private let epoch: UInt32
    private let boot: BootID
    private let outbox: Outbox
    private let clock: SystemClock
    private let wallClock: WallClock
    private let journal: Journal
    private let isEnding = Atomic(false)

    /// - Parameters:
    ///   - folder: Of the spool's files.
    ///   - settings: Its bounds.
    ///   - epoch: Of this run.
    ///   - outbox: Made with a spool.
    ///   - clock: The time.
    ///   - wallClock: Dates what is spooled, for a later boot.
    ///   - journal: The log.
    init(
        folder: String,
        settings: SpoolSettings,
        epoch: UInt32,
        outbox: Outbox,
        clock: SystemClock,
        wallClock: WallClock,
        journal: Journal
    ) {
        self.folder = folder
        self.settings = settings
        self.epoch = epoch
        self.boot = clock.bootID
        self.outbox = outbox
        self.clock = clock
        self.wallClock = wallClock
        self.journal = journal
    }

    /// The uplink has ended: write what is in memory, sync it and end.
    func finish() {
        self.isEnding.store(true, ordering: .sequentiallyConsistent)
        self.outbox.spoolWake.signal()
    }

    /// The thread's body.
    func run() {
        var run = Run(worker: self)
        while true {
            self.outbox.spoolWake.clear()
            let isEnd = self.isEnding.load(ordering: .sequentiallyConsistent)
            if run.step(isEnd: isEnd) { return }
            guard !run.hasMore else { continue }
            let limit = run.due.map { Duration.milliseconds($0.milliseconds - self.clock.instant.milliseconds) }
            _ = self.outbox.spoolWake.wait(atMost: limit ?? .seconds(1_000_000))
        }
    }

    /// The thread's own state.
    private struct Run {
        let worker: SpoolWorker
        var log: SpoolLog<SpoolFolder>?
        var fault: String?
        var retryAt: BootInstant?
        /// Causes for which readings were given up since the last time that nothing was.
        var loggedCauses: Set<DropCause> = []
        /// Whether more than one batch waits to be appended.
        var hasMore = false

        /// Acknowledged, and not yet told to the log.
        var settled: [UInt64] = []

        /// When it has to look again; `nil` when only if woken.
        var due: BootInstant? { self.retryAt ?? self.log?.syncDue }

        /// Does what there is to do; returns whether all is done at the end.
        mutating func step(isEnd: Bool) -> Bool {
            let now = self.worker.clock.instant
            self.hasMore = false
            if let retryAt = self.retryAt, now < retryAt, !isEnd { return false }
            self.retryAt = nil
            do throws(SpoolFault) {
                if self.log == nil { try self.open() }
                let count = try self.work(at: now, isEnd: isEnd)
                if let due = self.log?.syncDue, isEnd || now >= due { try self.log?.sync() }
                self.recovered()
                self.report()
                guard isEnd, count == 0 else {
                    self.hasMore = count > 0
                    return false
                }
                self.worker.outbox.note(spooled: self.log?.readingCount ?? 0)
                return true
            } catch {
                self.failed(error, at: now)
                self.report()
                if isEnd { self.giveUp() }
                return isEnd
            }
        }

        private mutating func open() throws(SpoolFault) {
            let worker = self.worker
            let storage = try SpoolFolder(worker.folder)
            let log = try SpoolLog(storage, settings: worker.settings, epoch: worker.epoch, boot: worker.boot)
            if log.readingCount > 0 {
                worker.journal(.notice, "\(log.readingCount) readings of earlier runs are in the spool")
            }
            if log.damageCount > 0 {
                worker.journal(.warning, "\(log.damageCount) files of the spool could not be read and were removed")
            }
            let unreported = log.unreported
            self.log = log
            worker.outbox.update { $0.noteUnreported(unreported) }
        }

        /// Returns how many parcels were appended. What is acknowledged and what is sent never wait for what is written: a
        /// full disk must not keep the backlog from leaving it.
        private mutating func work(at now: BootInstant, isEnd: Bool) throws(SpoolFault) -> Int {
            let outbox = self.worker.outbox
            let work = outbox.takeSpoolWork(isEnd: isEnd)
            self.settled += work.settled
            do throws(SpoolFault) {
                try self.settle()
                try self.handOut(work.wanted)
                try self.append(work, at: now)
            } catch {
                outbox.update { $0.spoolRefused() }
                throw error
            }
            outbox.update { $0.spooled() }
            return work.parcels.count
        }

        private mutating func settle() throws(SpoolFault) {
            while let ticket = self.settled.first {
                try self.log?.acknowledged(ticket)
                self.settled.removeFirst()
            }
        }

        private mutating func handOut(_ wanted: Int) throws(SpoolFault) {
            for _ in 0..<wanted {
                guard let parcel = try self.log?.takeParcel() else { return }
                self.worker.outbox.update { $0.offer([parcel]) }
            }
        }

        private mutating func append(_ work: Delivery.SpoolWork, at now: BootInstant) throws(SpoolFault) {
            let offset = self.worker.wallClock.trustedOffset
            if let offset { self.note(offset, at: now) }
            guard !work.parcels.isEmpty else { return }
            try self.log?.append(work.parcels, unreported: work.unreported, at: now, offset: offset)
        }

        /// Without it a later boot cannot date what is there; what comes is more important.
        private mutating func note(_ offset: Int64, at now: BootInstant) {
            do throws(SpoolFault) { try self.log?.note(offset: offset, at: now) } catch {
                // Tried again with the next turn; a disk that takes nothing is told by what has to be appended.
            }
        }

        private mutating func report() {
            var report = SpoolReport()
            report.fault = self.fault
            var drops: [SpoolDrop] = []
            if let log = self.log {
                report.readings = log.readingCount
                report.bytes = log.sizeBytes
                report.hasUntaken = log.hasUntaken
                report.oldest = log.oldest.map { $0.boot == self.worker.boot ? $0.instant : SpoolReport.longAgo }
                report.writtenBytes = log.writtenBytes
                report.damageCount = log.damageCount
                drops = self.log?.takeDrops() ?? []
            }
            if drops.isEmpty, report.readings == 0 { self.loggedCauses = [] }
            for drop in drops where self.loggedCauses.insert(drop.cause).inserted {
                self.worker.journal(.warning, "readings are given up \(drop.cause.text): the oldest go first")
            }
            self.worker.outbox.update { delivery in
                delivery.note(drops)
                delivery.update(report)
            }
        }

        /// The disk does not take the last readings: they are lost, and counted.
        private func giveUp() {
            let count = self.log?.readingCount ?? 0
            self.worker.outbox.note(spooled: count)
            self.worker.outbox.update { _ = $0.abandon() }
        }

        private mutating func failed(_ error: SpoolFault, at now: BootInstant) {
            self.retryAt = now + SpoolWorker.retryMilliseconds
            guard self.fault != error.message else { return }
            self.fault = error.message
            self.worker.journal(.error, "the spool does not work: \(error.message); readings stay in memory")
        }

        private mutating func recovered() {
            guard self.fault != nil else { return }
            self.fault = nil
            self.worker.journal(.notice, "the spool works again")
        }
    }
}
