internal import DeviceRegistry
internal import TelemetryModel

/// Forgets jobs that ended long ago.
///
/// Source: contract iothub-rest section 8, "Kept 30 days".
struct JobHistory {
    /// How long ended jobs are kept.
    static let keptTime: Duration = .seconds(30 * 86_400)
    /// Jobs that are kept, and devices of all of them; the oldest go first.
    static let keptJobs = 1_000
    static let keptDevices = 5_000_000
    private static let interval: Duration = .seconds(3_600)
    private static let slice = 1_000

    private var nextLook: Timestamp
    private var going: [Int64] = []

    init(at now: Timestamp) {
        self.nextLook = now
    }

    /// Whether more is to be removed soon.
    var isForgetting: Bool { !self.going.isEmpty }

    /// Which of these jobs go.
    ///
    /// - Parameters:
    ///   - jobs: all, the newest first.
    ///   - now: the time.
    /// - Returns: Their numbers.
    static func outdated(_ jobs: [StoredJob], at now: Timestamp) -> [Int64] {
        var (count, devices) = (0, 0)
        return jobs.filter { job in
            count += 1
            devices += job.counts.devices
            guard job.status.isEnd, let end = job.endTime else { return false }
            return end + self.keptTime <= now || count > self.keptJobs || devices > self.keptDevices
        }.map(\.number)
    }

    /// Removes a part of what is to go: each call is short.
    mutating func forget(from store: any JobStore, _ calls: StoreCalls, at now: Timestamp) async throws(RegistryError) {
        if let number = self.going.last {
            let isGone = try await calls.run { () throws(RegistryError) in
                try store.forget(number, limit: JobHistory.slice)
            }
            if isGone { self.going.removeLast() }
            return
        }
        guard now >= self.nextLook else { return }
        self.nextLook = now + JobHistory.interval
        self.going = try await calls.run { () throws(RegistryError) -> [Int64] in
            let jobs = try store.jobs(kind: nil, status: nil, before: nil, limit: 2 * JobHistory.keptJobs)
            return JobHistory.outdated(jobs, at: now)
        }
    }
}
