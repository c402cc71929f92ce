import DeviceRegistry
import TelemetryModel
import Testing

@testable import DeviceHub

@Suite("Which jobs are forgotten, contract iothub-rest section 8")
struct JobHistoryTests {
    private static let now = Timestamp(seconds: 1_795_000_000)

    private static func job(_ number: Int64, ended seconds: Int64?, devices: Int = 1) -> StoredJob {
        let ended = seconds.map { Timestamp(seconds: 1_795_000_000 - $0) }
        var job = StoredJob(
            id: "j\(number)",
            kind: .method,
            request: [],
            author: "",
            status: ended == nil ? .running : .completed,
            createdTime: Self.now,
            startTime: Self.now
        )
        job.number = number
        job.endTime = ended
        job.counts.devices = devices
        return job
    }

    @Test("jobs are kept for 30 days after their end", arguments: [(2_591_999, true), (2_592_000, false)])
    func age(seconds: Int64, isKept: Bool) {
        #expect(JobHistory.outdated([Self.job(1, ended: seconds)], at: Self.now).isEmpty == isKept)
    }

    @Test("of more than 1,000 jobs the oldest that have ended go")
    func count() {
        let jobs = (0..<1_002).map { Self.job(Int64(2_000 - $0), ended: $0 == 1_000 ? nil : 5) }
        #expect(JobHistory.outdated(jobs, at: Self.now) == [999])
    }

    @Test("of jobs with more than five million devices together the oldest go")
    func devices() {
        let jobs = (0..<7).map { Self.job(Int64(9 - $0), ended: 5, devices: 1_000_000) }
        #expect(JobHistory.outdated(jobs, at: Self.now) == [4, 3])
    }
}
