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
        let session = try StreamSession(self.configuration, log: self.log, logger: self.logger)
        var metrics = StreamMetrics()
        self.publish(session, .running, &metrics)
        do throws(StreamError) {
            try await self.follow(session, &metrics)
            self.publish(session, .stopped, &metrics)
        } catch {
            self.logger.critical("the stream stops, ingest goes on", metadata: ["reason": "\(error)"])
            self.publish(session, .failed(error.description), &metrics)
            await StreamEngine.sleepUntilCancelled()
        }
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
            } else {
                // Fenced: nothing comes any more, only the stop.
                if session.hasNews { try await self.checkpoint(session, &schedule) }
                await StreamEngine.sleepUntilCancelled()
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

    private static func sleepUntilCancelled() async {
        while !Task.isCancelled {
            // Cancelling ends the sleep with an error, which is what is waited for.
            try? await Task.sleep(for: .seconds(3_600))
        }
    }
}
