package import EventLog
package import Logging
internal import ServiceLifecycle
internal import Synchronization

/// Follows the telemetry topic and writes window results, alerts and dead letters.
///
/// - One task on a thread of its own; it reads behind the log's writer and never holds it up.
/// - Results are in their topics exactly once, also after `kill -9`: see ``StreamSession``.
/// - A fault in the log or on the disk stops the stream and not the gateway: ``status`` says why.
/// - It must have stopped before the log is closed.
package final class StreamEngine: Service {
    private let configuration: StreamConfiguration
    private let log: EventLog
    private let logger: Logger
    private let shared = Mutex(StreamStatus())

    package init(configuration: StreamConfiguration, log: EventLog, logger: Logger) {
        self.configuration = configuration
        self.log = log
        self.logger = logger
    }

    /// How it is doing; cheap.
    package var status: StreamStatus { self.shared.withLock { $0 } }

    /// Runs until the service group shuts down or the task is cancelled, then writes a last checkpoint.
    ///
    /// Throws at the start only, when a topic or the checkpoint's folder cannot be opened.
    package func run() async throws {
        let thread = StreamThread()
        let result: Result<Void, any Error>
        do {
            try await withTaskExecutorPreference(thread) {
                try await cancelWhenGracefulShutdown {
                    try await self.runUntilCancelled()
                }
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await thread.stop()
        try result.get()
    }

    private func runUntilCancelled() async throws {
        var session = try StreamSession(self.configuration, log: self.log, logger: self.logger)
        var metrics = StreamMetrics()
        while true {
            self.publish(session, .running, &metrics)
            do throws(StreamError) {
                try await self.follow(session, &metrics)
                return self.publish(session, .stopped, &metrics)
            } catch {
                self.logger.critical("the stream stops, ingest goes on", metadata: ["reason": "\(error)"])
                self.publish(session, .failed(error.description), &metrics)
                guard let next = await self.nextSession(after: error) else { return }
                session = next
            }
        }
    }

    /// A session from the last checkpoint, when what had stopped the stream is over; `nil` when it is cancelled first.
    private func nextSession(after error: StreamError) async -> StreamSession? {
        guard case .log(let fault) = error, fault.endsWithTheDisksTrouble else {
            await StreamEngine.sleepUntilCancelled()
            return nil
        }
        while !Task.isCancelled {
            await StreamEngine.pause()
            let names = [
                self.configuration.inputTopic, self.configuration.windowTopic, self.configuration.alertTopic,
                self.configuration.deadLetterTopic,
            ]
            guard names.allSatisfy({ self.log.topic(named: $0)?.unavailability == nil }) else { continue }
            do throws(StreamError) {
                let session = try StreamSession(self.configuration, log: self.log, logger: self.logger)
                self.logger.notice("the stream goes on from its last checkpoint")
                return session
            } catch {
                self.logger.error("the stream cannot go on yet", metadata: ["reason": "\(error)"])
            }
        }
        return nil
    }

    private func follow(_ session: StreamSession, _ metrics: inout StreamMetrics) async throws(StreamError) {
        var schedule = CheckpointSchedule(interval: self.configuration.checkpointInterval)
        while !Task.isCancelled {
            let isBusy = try await session.step()
            self.publish(session, .running, &metrics)
            if session.hasNews, schedule.isDue(hasManyRecords: session.isCheckpointDue) {
                try await self.checkpoint(session, &schedule)
            }
            if isBusy {
                await StreamEngine.gather(session)
            } else if session.inputTopic.status == .open {
                await session.wait(atMost: session.hasNews ? schedule.remaining : nil)
            } else if session.inputTopic.status == .closed {
                // Nothing comes any more, only the stop.
                if session.hasNews { try await self.checkpoint(session, &schedule) }
                await StreamEngine.sleepUntilCancelled()
            } else {
                // Fenced: nothing comes until it is reopened.
                if session.hasNews { try await self.checkpoint(session, &schedule) }
                await StreamEngine.pause()
            }
        }
        try await session.flush()
        if session.hasNews { try await self.checkpoint(session, &schedule) }
    }

    /// Lets records gather when the stream has caught up: a step for every commit of the log, a thousand a second, would
    /// cost ingest more in wake-ups than the records cost.
    private static func gather(_ session: StreamSession) async {
        if session.isNearEnd {
            // Cancelling ends it early, which is no fault.
            try? await Task.sleep(for: StreamEngine.gatherInterval)
        } else {
            await Task.yield()
        }
    }

    /// What an alert may come later for it.
    private static let gatherInterval = Duration.milliseconds(20)

    /// A checkpoint that cannot be written is tried again later: the old one is still good, it only makes a restart longer.
    private func checkpoint(_ session: StreamSession, _ schedule: inout CheckpointSchedule) async throws(StreamError) {
        schedule.begin()
        do throws(StreamError) {
            try await session.checkpoint()
        } catch {
            guard case .file = error else { throw error }
            self.logger.warning("no checkpoint of the stream", metadata: ["reason": "\(error)"])
        }
        schedule.end()
    }

    private func publish(_ session: StreamSession, _ phase: StreamStatus.Phase, _ metrics: inout StreamMetrics) {
        var status = session.status
        status.phase = phase
        self.shared.withLock { $0 = status }
        metrics.report(status)
    }

    /// A second, or until cancelled.
    private static func pause() async {
        // Cancelling ends the sleep with an error, which is what is waited for.
        try? await Task.sleep(for: .seconds(1))
    }

    private static func sleepUntilCancelled() async {
        while !Task.isCancelled {
            // Cancelling ends the sleep with an error, which is what is waited for.
            try? await Task.sleep(for: .seconds(3_600))
        }
    }
}

extension EventLogError {
    /// Whether a stream can go on from its checkpoint when the topic takes records again, or where its records begin.
    fileprivate var endsWithTheDisksTrouble: Bool {
        switch self {
        case .fenced, .diskFull, .diskNearlyFull, .backedUp, .positionOutOfRange: true
        case .file, .inUse, .invalidTopicName, .invalidPartitionCount, .topicExists, .unknownTopic, .tooManyTopics,
            .invalidSettings, .topicDamaged, .readDamaged, .closed, .recordTooLarge, .unknownPartition,
            .offsetOutOfRange:
            false
        }
    }
}
