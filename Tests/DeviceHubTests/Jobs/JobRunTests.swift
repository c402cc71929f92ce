import DeviceRegistry
import TelemetryJSON
import TelemetryModel
import TestSupport
import Testing

@testable import DeviceHub

@Suite("The course of a job, contract iothub-rest section 8")
struct JobRunTests {
    private static let start = Timestamp(seconds: 1_795_000_000)

    private static func request(rate: Int = 500, seconds: Int = 60, abort: Int? = nil) throws -> JobRequest {
        var body = try jsonObject(#"{"type":"scheduleUpdateTwin","updateTwin":{"tags":{"a":1}}}"#)
        body["rateLimitPerSecond"] = .integer(Int64(rate))
        body["maxExecutionTimeInSeconds"] = .integer(Int64(seconds))
        if let abort { body["abortFailedPercent"] = .integer(Int64(abort)) }
        return try JobRequest(body)
    }

    private static func job(_ counts: JobCounts, isListed: Bool = true) -> StoredJob {
        var job = StoredJob(
            id: "j",
            kind: .updateTwin,
            request: [],
            author: "policy:p",
            status: .running,
            createdTime: Self.start,
            startTime: Self.start
        )
        job.startedTime = Self.start
        job.counts = counts
        job.isListed = isListed
        return job
    }

    @Test("devices are looked for before any has its turn")
    func lists() throws {
        var run = JobRun(try Self.request(), Self.job(JobCounts(devices: 3), isListed: false), at: Self.start)
        #expect(run.next(at: Self.start, places: 100) == .list)
    }

    @Test("a job without devices is completed")
    func empty() throws {
        var run = JobRun(try Self.request(), Self.job(JobCounts()), at: Self.start)
        #expect(run.next(at: Self.start, places: 100) == .finish(.completed))
    }

    @Test("devices begin in groups a tenth of a second apart")
    func groups() throws {
        var run = JobRun(try Self.request(rate: 500), Self.job(JobCounts(devices: 1_000)), at: Self.start)
        #expect(run.next(at: Self.start, places: 100) == .begin(50))
        let soon = Self.start + .milliseconds(99)
        #expect(run.next(at: soon, places: 100) == .wait(until: Self.start + .milliseconds(100)))
        #expect(run.next(at: Self.start + .milliseconds(100), places: 100) == .begin(50))
        #expect(run.next(at: Self.start + .milliseconds(200), places: 7) == .begin(7))
    }

    @Test("a rate below ten a second waits for each device")
    func slow() throws {
        var run = JobRun(try Self.request(rate: 2), Self.job(JobCounts(devices: 9)), at: Self.start)
        #expect(run.next(at: Self.start, places: 100) == .begin(1))
        let soon = Self.start + .milliseconds(100)
        #expect(run.next(at: soon, places: 100) == .wait(until: Self.start + .milliseconds(500)))
        #expect(run.next(at: Self.start + .milliseconds(500), places: 100) == .begin(1))
    }

    @Test("with no place free it waits for a turn to end")
    func full() throws {
        var run = JobRun(try Self.request(), Self.job(JobCounts(devices: 9, running: 4)), at: Self.start)
        #expect(run.next(at: Self.start, places: 0) == .wait(until: Self.start + .seconds(60)))
    }

    @Test("any second has at most the rate and a tenth more", arguments: [1, 3, 15, 500, 1_000])
    func rate(limit: Int) throws {
        var random = SeededGenerator.announced()
        var run = JobRun(try Self.request(rate: limit), Self.job(JobCounts(devices: 1_000_000)), at: Self.start)
        var begun: [(time: Timestamp, count: Int)] = []
        var now = Self.start
        for _ in 0..<3_000 {
            if case .begin(let count) = run.next(at: now, places: Int.random(in: 0...200, using: &random)) {
                begun.append((now, count))
            }
            now = now + .milliseconds(Int.random(in: 0...40, using: &random))
        }
        for (place, first) in begun.enumerated() {
            let second = begun[place...].prefix { $0.time < first.time + .seconds(1) }.reduce(0) { $0 + $1.count }
            #expect(second <= limit + max(1, limit / 10) + 1)
        }
        #expect(!begun.isEmpty)
    }

    @Test("a clock that is set back an hour does not stop the job for an hour")
    func clockSetBack() throws {
        var run = JobRun(try Self.request(), Self.job(JobCounts(devices: 1_000)), at: Self.start)
        #expect(run.next(at: Self.start, places: 100) == .begin(50))
        let back = Self.start + .seconds(-3_600)
        _ = run.next(at: back, places: 100)
        #expect(run.next(at: back + .milliseconds(100), places: 100) == .begin(50))
    }

    @Test(
        "the job fails when abortFailedPercent of at least ten devices failed",
        arguments: [
            (JobCounts(devices: 99, succeeded: 8, failed: 1), false),
            (JobCounts(devices: 99, succeeded: 9, failed: 1), true),
            (JobCounts(devices: 99, succeeded: 10, failed: 1), false),
            (JobCounts(devices: 99, succeeded: 0, failed: 9), false),
            (JobCounts(devices: 99, succeeded: 18, failed: 2), true),
        ]
    )
    func abort(counts: JobCounts, fails: Bool) throws {
        var run = JobRun(try Self.request(abort: 10), Self.job(counts), at: Self.start)
        let count = counts.succeeded + counts.failed
        let end = JobRun.Action.finish(.tooManyFailed(failed: counts.failed, of: count, limitPercent: 10))
        #expect((run.next(at: Self.start, places: 100) == end) == fails)
    }

    @Test("a job is completed with failed devices when nothing says when to abort")
    func failedDevices() throws {
        var run = JobRun(try Self.request(), Self.job(JobCounts(devices: 20, failed: 20)), at: Self.start)
        #expect(run.next(at: Self.start, places: 100) == .finish(.completed))
    }

    @Test(
        "a job ends after its time, counted from its start over restarts",
        arguments: [(59_999, false), (60_000, true)]
    )
    func deadline(milliseconds: Int, ends: Bool) throws {
        let now = Self.start + .milliseconds(milliseconds)
        var run = JobRun(try Self.request(seconds: 60), Self.job(JobCounts(devices: 20)), at: now)
        #expect((run.next(at: now, places: 100) == .finish(.outOfTime(seconds: 60))) == ends)
    }
}
