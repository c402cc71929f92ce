package import LogFormat
internal import Logging
internal import Synchronization
internal import TelemetryModel

/// A topic: partitions of records that are committed together.
///
/// - A record is visible, counted and acknowledged only after the fdatasync that covers it.
/// - Everything that gathered while the last cycle was written and synced goes into the next: one write, one fdatasync.
/// - Enqueue stamps never decrease; offsets have no gaps while the log is open and are never used twice.
/// - After a failed write or sync nothing is written any more until the topic is reopened.
///
/// Threads: any number submit and read; one writer thread, started by the first submit, does all writing.
package final class LogTopic: Sendable {
    /// What a topic does at the moment.
    package enum Status: Equatable, Sendable {
        /// It takes records.
        case open
        /// A write failed; it can be read, and takes nothing until it is reopened.
        case fenced(reason: String)
        /// The log was closed, or the topic was deleted.
        case closed
    }

    /// Limits that the configuration sets.
    struct Limits: Equatable, Sendable {
        var pendingBytesMax: Int
        var batchBytesMax: Int
    }

    struct State {
        var status = Status.open
        var fenceReason: FenceReason?
        var isClosing = false
        /// Of the next record to be taken, per partition.
        var nextOffsets: [Int64]
        /// Of the next record to be synced, per partition.
        var syncedOffsets: [Int64]
        var syncedEnd: LogPosition
        var stamp: Timestamp
        var gathering: CommitCycle
        /// The other cycle; `nil` while the writer has it.
        var spare: CommitCycle?
        var cycleSerial: UInt64 = 0
        var keylessNext = 0
        /// Appenders that were refused for want of room: the next sync tells them to try again.
        var heldBack: [AppenderRegistration] = []
        var isWriterWaiting = false
        var writer: WriterThread?
        var waiters: [UInt64: RecordWaiter] = [:]
        var waiterNext: UInt64 = 0
        var commitCount = 0
        /// Whether the writer shall begin the next segment when the active one is too old.
        var isRollAsked = false
        var produce = ProduceState()
    }

    /// The topic's name.
    package let name: String
    /// Partitions, fixed when the topic was made.
    package let partitionCount: Int
    /// Whether it is one of those whose names begin with `_`, for which room on the disk is kept.
    let isOwn: Bool
    let limits: Limits
    let disk: DiskGuard
    let catalog: SegmentCatalog
    let segments: SegmentWriter
    let clock: @Sendable () -> Timestamp
    let logger: Logger
    let onFence: @Sendable (LogTopic, FenceReason) -> Void
    let state: Mutex<State>
    /// Bytes taken and not synced yet.
    let pendingBytes = Atomic<Int>(0)
    let wake = WakeSignal()
    let commitObservers = CommitObservers()
    /// Where readers of a partition go on.
    let cursors = ReadCursors()
    /// What searches by producers' times have learned.
    let latestTimes = LatestTimes()
    /// Held while segments are removed, and while the topic is reopened or deleted.
    let removal = Mutex(Removal())
    private let settingsNow: Mutex<TopicSettings>

    init(
        recovered: RecoveredTopic,
        settings: TopicSettings,
        limits: Limits,
        files: any LogFiles,
        disk: DiskGuard,
        clock: @escaping @Sendable () -> Timestamp,
        logger: Logger,
        onFence: @escaping @Sendable (LogTopic, FenceReason) -> Void
    ) {
        self.name = recovered.name
        self.partitionCount = recovered.partitionCount
        self.isOwn = recovered.name.hasPrefix("_")
        self.limits = limits
        self.catalog = SegmentCatalog(files: files, segments: recovered.segments)
        self.segments = SegmentWriter(
            recovered: recovered,
            settings: settings,
            files: files,
            disk: disk,
            logger: logger
        )
        self.disk = disk
        self.settingsNow = Mutex(settings)
        self.clock = clock
        self.logger = logger
        self.onFence = onFence
        self.state = Mutex(
            State(
                nextOffsets: recovered.scan.nextOffsets,
                syncedOffsets: recovered.scan.nextOffsets,
                syncedEnd: recovered.end,
                stamp: Timestamp(milliseconds: recovered.stamp),
                gathering: CommitCycle(partitionCount: recovered.partitionCount),
                spare: CommitCycle(partitionCount: recovered.partitionCount)
            )
        )
        self.recoverProducers()
    }

    /// What the topic does at the moment.
    package var status: Status { self.state.withLock { $0.status } }

    /// How the topic is set. Cheap: one lock that nobody holds for long.
    package var settings: TopicSettings { self.settingsNow.withLock { $0 } }

    /// Takes other settings, which are durable.
    func apply(_ settings: TopicSettings) {
        self.settingsNow.withLock { $0 = settings }
        self.segments.segmentBytesMax.store(UInt64(settings.segmentBytesMax), ordering: .relaxed)
        self.segments.rollMilliseconds.store(settings.rollMilliseconds, ordering: .relaxed)
    }

    /// Why the topic takes nothing for want of room on its disk; `nil` when there is room. Cheap: one atomic load.
    package var diskRefusal: SubmitRefusal? { self.disk.refusal(isOwn: self.isOwn) }

    /// Why the topic takes nothing, as a sentence; `nil` when it takes records.
    package var unavailability: String? {
        switch self.status {
        case .open:
            guard case .diskNearlyFull(let freeBytes, let neededBytes) = self.diskRefusal else { return nil }
            return "the disk is nearly full: \(freeBytes) bytes are free, \(neededBytes) are needed"
        case .fenced(let reason): return "the topic \(self.name) takes nothing: \(reason)"
        case .closed: return "the topic \(self.name) is closed"
        }
    }

    /// Whether so much waits for the disk that callers should stop reading from their peers. Cheap: one atomic load.
    package var isBackedUp: Bool { self.pendingBytes.load(ordering: .relaxed) >= self.limits.pendingBytesMax }

    /// The partition of a key, the same for ever.
    package func partition(forKey key: some Collection<UInt8>) -> Int {
        KeyPartitioner.partition(of: key, partitionCount: self.partitionCount)
    }

    /// Per partition the oldest offset there is.
    package var startOffsets: [Int64] { self.catalog.first.header.nextOffsets }

    /// Per partition the offset behind the last synced record.
    package var endOffsets: [Int64] { self.state.withLock { $0.syncedOffsets } }

    /// Records that can be read, over all partitions.
    package var recordCount: Int64 {
        zip(self.endOffsets, self.startOffsets).reduce(0) { $0 + $1.0 - $1.1 }
    }

    /// Bytes of the topic's segments that can be read, headers included.
    package var storedBytes: UInt64 { self.catalog.all.reduce(0) { $0 + $1.readableBytes } }

    /// Commit cycles since the log was opened: writes, and fdatasyncs, of records.
    package var commitCount: Int { self.state.withLock { $0.commitCount } }

    /// The position behind the last synced batch.
    package var end: LogPosition { self.state.withLock { $0.syncedEnd } }

    /// Drains and stops the writer thread.
    ///
    /// - Parameter isClean: Whether to leave the clean mark, unless the topic is fenced.
    func close(isClean: Bool = true) {
        let writer = self.state.withLock { state -> WriterThread? in
            state.isClosing = true
            defer { state.writer = nil }
            return state.writer
        }
        self.wake.post()
        writer?.join()
        let (waiters, end) = self.state.withLock { state -> ([RecordWaiter], [Int64]?) in
            defer { state.waiters = [:] }
            let isWhole = state.status == .open
            if isWhole || !isClean { state.status = .closed }
            return (Array(state.waiters.values), isWhole && isClean ? state.syncedOffsets : nil)
        }
        if let end {
            do throws(LogFileError) {
                try self.segments.leaveCleanMark(nextOffsets: end)
            } catch {
                self.logger.warning(
                    "no clean mark, the next start checks the last segment",
                    metadata: ["error": "\(error)"]
                )
            }
        }
        for waiter in waiters { waiter.resume() }
        self.commitObservers.tell()
        self.catalog.closeFiles()
        self.segments.closeFile()
    }
}
