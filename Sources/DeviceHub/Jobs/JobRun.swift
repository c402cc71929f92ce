internal import DeviceRegistry
package import TelemetryModel

/// The course of one running job: how many devices may begin now, and when it ends.
///
/// Pure: the caller looks for devices, gives them their turn, and tells what became of them. `now` is wall time, which goes on
/// over restarts; that it jumps costs at most one second's worth of devices.
///
/// - Devices begin in groups, a tenth of a second apart, so that each group is one transaction.
/// - In any second at most `rate` devices begin, and a tenth more of what was saved up.
package struct JobRun: Sendable {
    /// What the caller does now.
    package enum Action: Equatable, Sendable {
        /// Looks for more devices.
        case list
        /// Gives so many devices their turn.
        case begin(Int)
        /// Nothing before this time, or before a device has had its turn.
        case wait(until: Timestamp)
        /// Ends the job; devices whose turn it is may go on.
        case finish(JobEnd)
    }

    /// Between two groups of devices.
    package static let groupInterval: Duration = .milliseconds(100)
    /// Devices that had their turn before `abortFailedPercent` counts.
    package static let abortDevicesMin = 10

    private let deadline: Timestamp
    private let executionSeconds: Int
    private let abortFailedPercent: Int?
    /// Devices a second.
    private let rate: Int64
    private var counts: JobCounts
    private var isListed: Bool
    /// Thousandths of a device that may begin.
    private var credit: Int64 = 0
    private var creditTime: Timestamp
    private var nextGroup: Timestamp

    /// A running job.
    ///
    /// - Parameters:
    ///   - request: what was asked for.
    ///   - job: with its counts and the time of its start.
    ///   - now: the time.
    init(_ request: JobRequest, _ job: StoredJob, at now: Timestamp) {
        self.executionSeconds = request.executionSecondsMax
        self.deadline = (job.startedTime ?? now) + .seconds(request.executionSecondsMax)
        self.abortFailedPercent = request.abortFailedPercent
        self.rate = Int64(request.ratePerSecond)
        self.counts = job.counts
        self.isListed = job.isListed
        self.creditTime = now
        self.nextGroup = now
        self.credit = self.creditMax
    }

    /// What to do now.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - places: how many devices may have their turn besides those of all jobs that have it.
    /// - Returns: What the caller does.
    package mutating func next(at now: Timestamp, places: Int) -> Action {
        if let end = self.end(at: now) { return .finish(end) }
        self.earn(at: now)
        guard self.isListed else { return .list }
        guard self.counts.pending > 0, places > 0 else { return .wait(until: self.deadline) }
        guard now >= self.nextGroup else { return .wait(until: min(self.nextGroup, self.deadline)) }
        let count = min(Int(self.credit / 1_000), places, self.counts.pending)
        guard count > 0 else {
            let milliseconds = (1_000 - self.credit + self.rate - 1) / self.rate
            return .wait(until: min(now + .milliseconds(milliseconds), self.deadline))
        }
        self.credit -= Int64(count) * 1_000
        self.nextGroup = now + JobRun.groupInterval
        return .begin(count)
    }

    /// Devices were found, or had or ended their turn.
    mutating func changed(_ job: StoredJob) {
        self.counts = job.counts
        self.isListed = job.isListed
    }

    private var creditMax: Int64 { max(1_000, self.rate * JobRun.groupInterval.wholeMilliseconds) }

    private mutating func earn(at now: Timestamp) {
        let milliseconds = min(max(0, (now - self.creditTime).wholeMilliseconds), 1_000)
        self.creditTime = now
        self.credit = min(self.creditMax, self.credit + milliseconds * self.rate)
        // A clock that was set back must not stop the job.
        self.nextGroup = min(self.nextGroup, now + JobRun.groupInterval)
    }

    private func end(at now: Timestamp) -> JobEnd? {
        let done = self.counts.succeeded + self.counts.failed
        if self.isListed, self.counts.pending == 0, self.counts.running == 0 { return .completed }
        if let percent = self.abortFailedPercent, done >= JobRun.abortDevicesMin,
            self.counts.failed * 100 >= percent * done
        {
            return .tooManyFailed(failed: self.counts.failed, of: done, limitPercent: percent)
        }
        return now >= self.deadline ? .outOfTime(seconds: self.executionSeconds) : nil
    }
}
