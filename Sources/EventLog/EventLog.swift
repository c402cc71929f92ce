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
package final class EventLog: Sendable {
    /// Where the log is and how large its parts may grow.
    package struct Configuration: Equatable, Sendable {
        /// The folder; made when its parent is there.
        package var directory: String
        /// Partitions of a topic that is made without a number, 1 to 32.
        package var partitionsDefault: Int
        /// Bytes of a segment before the next one begins, 1 MiB to 1 GiB; one commit cycle may go over it.
        package var segmentBytesMax: Int
        /// Bytes per topic that may wait for the disk; above it submits are refused and `isBackedUp` is true.
        package var pendingBytesMax: Int
        /// Bytes of a batch, up to 16 MiB; a record that is larger gets a batch of its own.
        package var batchBytesMax: Int

        /// A configuration; the numbers are the defaults.
        package init(
            directory: String,
            partitionsDefault: Int = 4,
            segmentBytesMax: Int = 128 << 20,
            pendingBytesMax: Int = 64 << 20,
            batchBytesMax: Int = 1_000_000
        ) {
            self.directory = directory
            self.partitionsDefault = partitionsDefault
            self.segmentBytesMax = segmentBytesMax
            self.pendingBytesMax = pendingBytesMax
            self.batchBytesMax = batchBytesMax
        }
    }

    private struct State {
        var topics: [String: LogTopic] = [:]
        /// Why a topic of the folder is not open.
        var failures: [String: EventLogError] = [:]
        var isClosed = false
        /// Keeps the folder locked.
        var lock: (any Sendable)?
    }

    private let configuration: Configuration
    private let files: any LogFiles
    private let clock: @Sendable () -> Timestamp
    private let logger: Logger
    private let fences = FenceObservers()
    private let state: Mutex<State>

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
        for name in names.sorted() where TopicName.isValid(name) {
            do throws(EventLogError) {
                guard let recovered = try self.recovery(name).open() else { continue }
                self.state.withLock { $0.topics[name] = self.makeTopic(recovered) }
            } catch {
                logger.critical("topic not opened", metadata: ["topic": "\(name)", "reason": "\(error)"])
                self.state.withLock { $0.failures[name] = error }
            }
        }
    }

    deinit { self.close() }

    /// The topic, made durably when it is not there.
    ///
    /// - Parameters:
    ///   - name: 1 to 249 of `A–Z a–z 0–9 . _ -`.
    ///   - partitions: 1 to 32; `nil` for what it has, or the default. Another number than it has is an error.
    ///   - segmentBytesMax: bytes of its segments from now on; `nil` for the configuration's.
    /// - Returns: The open topic.
    /// - Throws: Why it cannot be opened or made; for a damaged one always the same until the log is reopened.
    package func openTopic(
        _ name: String,
        partitions: Int? = nil,
        segmentBytesMax: Int? = nil
    ) throws(EventLogError) -> LogTopic {
        let topic = try self.findOrMakeTopic(name, partitions: partitions)
        if let segmentBytesMax {
            topic.segments.segmentBytesMax.store(UInt64(segmentBytesMax), ordering: .relaxed)
        }
        return topic
    }

    private func findOrMakeTopic(_ name: String, partitions: Int?) throws(EventLogError) -> LogTopic {
        guard TopicName.isValid(name) else { throw .invalidTopicName(name) }
        let asked = partitions ?? self.configuration.partitionsDefault
        guard (1...StoredFrame.partitionCountMax).contains(asked) else {
            throw .invalidPartitionCount(topic: name, asked: asked, existing: nil)
        }
        // File calls under the lock: topics are made one at a time, at start or by an operator.
        return try self.state.withLock { state throws(EventLogError) in
            if state.isClosed { throw .closed(topic: name) }
            if let failure = state.failures[name] { throw failure }
            if let topic = state.topics[name] {
                guard partitions == nil || partitions == topic.partitionCount else {
                    throw .invalidPartitionCount(topic: name, asked: asked, existing: topic.partitionCount)
                }
                return topic
            }
            let recovered = try self.recovery(name).create(TopicDescription(partitionCount: asked))
            do throws(LogFileError) {
                try self.files.syncDirectory(self.configuration.directory)
            } catch {
                throw .file(error)
            }
            let topic = self.makeTopic(recovered)
            state.topics[name] = topic
            return topic
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

    /// Calls `observer` once for every topic that is fenced, from now on or before, on the topic's writer thread (or
    /// here when it has happened). The topic's status says so already. The observer must not call
    /// ``close()`` itself, which waits for that thread.
    package func onFence(_ observer: @escaping @Sendable (LogTopic, FenceReason) -> Void) {
        self.fences.add(observer)
    }

    /// Writes and syncs what was accepted, ends the writer threads, marks the stop as clean. Blocks.
    package func close() {
        let (topics, lock) = self.state.withLock { state -> ([LogTopic], (any Sendable)?) in
            defer {
                state.isClosed = true
                state.lock = nil
            }
            return (Array(state.topics.values), state.lock)
        }
        guard lock != nil else { return }
        for topic in topics { topic.close() }
        // The folder is free for another process only now.
        withExtendedLifetime(lock) {}
    }

    /// The system's wall clock.
    package static let wallClock: @Sendable () -> Timestamp = {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(milliseconds: Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000)
    }

    private func recovery(_ name: String) -> TopicRecovery {
        TopicRecovery(
            name: name,
            directory: "\(self.configuration.directory)/\(name)",
            files: self.files,
            logger: self.logger
        )
    }

    private func makeTopic(_ recovered: RecoveredTopic) -> LogTopic {
        LogTopic(
            recovered: recovered,
            limits: LogTopic.Limits(
                segmentBytesMax: UInt64(self.configuration.segmentBytesMax),
                pendingBytesMax: self.configuration.pendingBytesMax,
                batchBytesMax: self.configuration.batchBytesMax
            ),
            files: self.files,
            clock: self.clock,
            logger: self.logger,
            onFence: { [fences] topic, reason in fences.tell(topic, reason) }
        )
    }
}
