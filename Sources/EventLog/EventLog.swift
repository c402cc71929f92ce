import Glibc
internal import LogFormat
package import Logging
internal import Synchronization
package import TelemetryModel

/// The durable event log: topics in one folder, which no other process has open meanwhile.
///
/// - What is acknowledged is synced; what is visible is synced.
/// - Opening recovers every topic that is in the folder. One that is damaged stays closed and unchanged; asking for it
///   throws the reason, the others work.
/// - Topics are made, set, reopened and deleted one after the other; each is durable before the call returns.
/// - Threads of its own look after the disk's room, reopen what a full disk has fenced, and remove what is too old.
package final class EventLog: Sendable {
    struct State {
        var topics: [String: LogTopic] = [:]
        /// Why a topic of the folder is not open.
        var failures: [String: EventLogError] = [:]
        var isClosed = false
        /// Keeps the folder locked.
        var lock: (any Sendable)?
    }

    let configuration: Configuration
    let files: any LogFiles
    let clock: @Sendable () -> Timestamp
    let logger: Logger
    let fences = FenceObservers()
    let deletions = Mutex<[@Sendable (_ topic: String) -> Void]>([])
    let disk: DiskGuard
    /// Held while a topic is made, set, reopened or deleted, and never taken while ``state`` is held.
    let administration = Mutex<Void>(())
    let state: Mutex<State>
    /// Topics that the disk guard has reopened, and when it may do so again.
    let reopenings = Mutex<[String: ReopenDelay]>([:])
    let retentionClock: Mutex<RetentionClock>
    private let threads = Mutex<[PeriodicThread]>([])

    /// Opens the folder and recovers every topic in it. Blocks; call it off the event loops.
    ///
    /// - Parameters:
    ///   - configuration: The folder and the limits.
    ///   - files: The file layer.
    ///   - clock: The wall clock; a stamp never goes back when it does.
    ///   - logger: For faults, and for what recovery cut.
    /// - Throws: Only for the folder: it cannot be made or read, or is in use. For single topics see ``failures``.
    package init(
        configuration: Configuration,
        files: any LogFiles = PosixLogFiles(),
        clock: @escaping @Sendable () -> Timestamp = EventLog.wallClock,
        logger: Logger
    ) throws(EventLogError) {
        self.configuration = configuration
        self.files = files
        self.clock = clock
        self.logger = logger
        self.disk = DiskGuard(freeBytesMin: configuration.freeBytesMin)
        self.retentionClock = Mutex(RetentionClock(now: clock().milliseconds, uptime: EventLog.uptime))
        var state = State()
        let names: [String]
        do throws(LogFileError) {
            try files.createDirectory(configuration.directory)
            try files.syncDirectory(LogFileNames.directory(of: configuration.directory))
            state.lock = try files.lockDirectory(configuration.directory)
            // Topics that a killed process has made may be in the page cache only.
            try files.syncDirectory(configuration.directory)
            names = try files.list(configuration.directory)
        } catch {
            throw .file(error)
        }
        guard state.lock != nil else { throw .inUse(directory: configuration.directory) }
        self.state = Mutex(state)
        for name in names.sorted() where TopicName.isValid(name) { self.openAtStart(name) }
        self.checkDisk()
        self.startThreads()
    }

    deinit { self.close() }

    private func openAtStart(_ name: String) {
        do throws(EventLogError) {
            guard let recovered = try self.recovery(name).open() else { return }
            let topic = self.makeTopic(recovered)
            self.state.withLock { $0.topics[name] = topic }
        } catch {
            self.logger.critical("topic not opened", metadata: ["topic": "\(name)", "reason": "\(error)"])
            self.state.withLock { $0.failures[name] = error }
        }
    }

    private func startThreads() {
        if self.configuration.diskCheck > .zero {
            self.disk.onWritten { [weak self] in self?.threads.withLock { $0.first?.poke() } }
        }
        let chores: [(String, Int32, Duration, @Sendable (EventLog) -> Void)] = [
            ("log disk", 0, self.configuration.diskCheck, { $0.measureDisk() }),
            ("log reopen", 0, self.configuration.diskCheck, { $0.reopenAfterFullDisk() }),
            ("log retention", 10, self.configuration.retentionCheck, { $0.applyRetention(now: $0.clock()) }),
        ]
        for (name, niceness, interval, chore) in chores where interval > .zero {
            do throws(LogFileError) {
                let thread = try PeriodicThread(name: name, niceness: niceness, every: interval) { [weak self] in
                    if let self { chore(self) }
                }
                self.threads.withLock { $0.append(thread) }
            } catch {
                self.logger.critical("a thread of the log cannot start", metadata: ["error": "\(error)"])
            }
        }
    }

    /// The topic when it is there and open.
    package func topic(named name: String) -> LogTopic? {
        self.state.withLock { $0.topics[name] }
    }

    /// All open topics, by name.
    package var topics: [LogTopic] {
        self.state.withLock { state in state.topics.sorted { $0.key < $1.key }.map(\.value) }
    }

    /// Topics of the folder that could not be opened, with the reason.
    package var failures: [String: EventLogError] { self.state.withLock { $0.failures } }

    /// Calls `observer` once for every fencing of a topic, from now on, and for those that are fenced now, on the
    /// topic's writer thread (or here when it has happened). The topic's status says so already. The observer must not
    /// call ``close()`` or ``reopenTopic(_:)`` itself, which wait for that thread.
    package func onFence(_ observer: @escaping @Sendable (LogTopic, FenceReason) -> Void) {
        self.fences.add(observer)
    }

    /// Calls `observer` for every topic that is deleted from now on: when it is gone, before the call that deletes it
    /// returns, and before there can be a new one of its name; on the thread of that call. The observer may block, and
    /// must not make, set, reopen or delete a topic.
    package func onDelete(_ observer: @escaping @Sendable (_ topic: String) -> Void) {
        self.deletions.withLock { $0.append(observer) }
    }

    func tellDeleted(_ name: String) {
        for observer in self.deletions.withLock({ $0 }) { observer(name) }
    }

    /// Writes and syncs what was accepted, ends the writer threads, marks the stop as clean. Blocks.
    package func close() {
        let isFirst = self.state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard isFirst else { return }
        // Before the lock, which one of them may be waiting for.
        for thread in self.threads.withLock({ exchange(&$0, with: []) }) { thread.stop() }
        self.administration.withLock { _ in
            let (topics, lock) = self.state.withLock { state -> ([LogTopic], (any Sendable)?) in
                defer { state.lock = nil }
                return (Array(state.topics.values), state.lock)
            }
            for topic in topics { topic.close() }
            // The folder is free for another process only now.
            withExtendedLifetime(lock) {}
        }
    }

    /// The system's wall clock.
    package static let wallClock: @Sendable () -> Timestamp = {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(milliseconds: Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000)
    }

    func recovery(_ name: String) -> TopicRecovery {
        TopicRecovery(
            name: name,
            directory: "\(self.configuration.directory)/\(name)",
            files: self.files,
            logger: self.logger,
            now: self.clock
        )
    }

    func makeTopic(_ recovered: RecoveredTopic) -> LogTopic {
        LogTopic(
            recovered: recovered,
            settings: recovered.settings ?? self.configuration.settingsWithoutRetention,
            limits: LogTopic.Limits(
                pendingBytesMax: self.configuration.pendingBytesMax,
                batchBytesMax: self.configuration.batchBytesMax
            ),
            files: self.files,
            disk: self.disk,
            clock: self.clock,
            logger: self.logger,
            onFence: { [fences] topic, reason in fences.tell(topic, reason) }
        )
    }
}
