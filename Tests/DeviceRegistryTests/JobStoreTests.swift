import DeviceRegistry
import FleetQuery
import TelemetryJSON
import TelemetryModel
import Testing

@Suite("Stored jobs, contract iothub-rest section 8")
struct JobStoreTests {
    private static func event(_ job: StoredJob) -> HubEvent {
        HubEvent(
            topic: "commands",
            source: "test",
            schema: "test",
            operation: job.status.rawValue,
            id: nil,
            at: Registry.now,
            value: []
        )
    }

    private static func ids(_ names: [String]) throws -> [IdentityID] {
        try names.map(Registry.id)
    }

    /// A running job with these devices.
    private static func running(_ id: String, _ names: [String], in registry: Registry) throws -> StoredJob {
        let new = StoredJob(
            id: id,
            kind: .method,
            request: Array("{}".utf8),
            author: "policy:p",
            status: .queued,
            createdTime: Registry.now,
            startTime: Registry.now
        )
        let job = try #require(try registry.store.add(new, event: Self.event))
        _ = try registry.store.move(job.number, to: .running, reason: nil, at: Registry.now, event: Self.event)
        let listed = try registry.store.addTargets(Self.ids(names), to: job.number, listedUpTo: nil, at: Registry.now)
        return try #require(listed)
    }

    private static func outcome(_ job: StoredJob, _ id: String, _ hasSucceeded: Bool) throws -> DeviceJobOutcome {
        DeviceJobOutcome(
            job: job.number,
            id: try Registry.id(id),
            hasSucceeded: hasSucceeded,
            members: hasSucceeded ? [:] : ["error": .object(["code": .string("x")])],
            endedAt: Registry.now
        )
    }

    private static func rows(_ query: String, of registry: Registry, limit: Int = 2) throws -> [JSONObject] {
        let query = CompiledQuery(try QueryStatement(parsing: query))
        var rows: [JSONObject] = []
        var next: QueryContinuation?
        repeat {
            let page = try registry.store.runJobQuery(query, limit: limit, after: next)
            #expect(page.rows.count <= limit)
            rows += page.rows
            next = try page.next.map { try QueryContinuation(token: $0.token(of: query), of: query) }
        } while next != nil
        return rows
    }

    @Test("an id is taken once, and what it tells of is in the outbox once")
    func once() throws {
        let registry = try Registry()
        let job = try Self.running("j", ["d1"], in: registry)
        var again = job
        again.status = .queued
        #expect(try registry.store.add(again, event: Self.event) == nil)
        #expect(
            try registry.store.move(job.number, to: .running, reason: nil, at: Registry.now, event: Self.event) == nil
        )
        let end = try registry.store.move(job.number, to: .failed, reason: "why", at: Registry.now, event: Self.event)
        #expect(end?.failureReason == "why" && end?.endTime == Registry.now)
        #expect(
            try registry.store.move(job.number, to: .completed, reason: nil, at: Registry.now, event: Self.event) == nil
        )
        #expect(try registry.events().map(\.operation) == ["queued", "running", "failed"])
        #expect(try registry.store.openJobs().isEmpty)
    }

    @Test("a device found twice is in the job once")
    func targets() throws {
        let registry = try Registry()
        let job = try Self.running("j", ["d1", "d2", "d2"], in: registry)
        #expect(job.counts.devices == 2 && job.isListed)
        let more = try registry.store.addTargets(
            Self.ids(["d2", "d3"]),
            to: job.number,
            listedUpTo: "x",
            at: Registry.now
        )
        #expect(more?.counts.devices == 3 && more?.isListed == false && more?.listedUpTo == "x")
    }

    @Test("devices have their turn in order and once, and an outcome counts once")
    func turns() throws {
        let registry = try Registry()
        let job = try Self.running("j", ["d3", "d1", "d2", "d1/m"], in: registry)
        func advance(_ outcomes: [DeviceJobOutcome], begin count: Int) throws -> JobProgress {
            try #require(
                try registry.store.advance(job.number, outcomes: outcomes, begin: count, at: Registry.now)
            )
        }
        #expect(try advance([], begin: 2).begun.map(\.description) == ["d1", "d1/m"])
        #expect(try registry.store.runningDevices(of: job.number, limit: 9).map(\.description) == ["d1", "d1/m"])
        let outcomes = [try Self.outcome(job, "d1", true), try Self.outcome(job, "d1", false)]
        let progress = try advance(outcomes + [try Self.outcome(job, "d3", true)], begin: 9)
        #expect(progress.begun.map(\.description) == ["d2", "d3"])
        #expect(progress.job.counts == JobCounts(devices: 4, running: 3, succeeded: 1, failed: 0))
        #expect(progress.job.counts.pending == 0)
    }

    @Test("an ended job begins with no device, and takes the outcomes of those that had begun")
    func ended() throws {
        let registry = try Registry()
        let job = try Self.running("j", ["d1", "d2"], in: registry)
        _ = try registry.store.advance(job.number, outcomes: [], begin: 1, at: Registry.now)
        _ = try registry.store.move(job.number, to: .cancelled, reason: nil, at: Registry.now, event: Self.event)
        #expect(try registry.store.endedJobsWithRunningDevices().map(\.id) == ["j"])
        let progress = try registry.store.advance(
            job.number,
            outcomes: [try Self.outcome(job, "d1", false)],
            begin: 5,
            at: Registry.now
        )
        #expect(progress?.begun == [] && progress?.job.counts == JobCounts(devices: 2, failed: 1))
        #expect(try registry.store.endedJobsWithRunningDevices().isEmpty)
        #expect(
            try Self.rows("SELECT * FROM devices.jobs", of: registry).map { $0["status"]?.string } == [
                "failed", "cancelled",
            ]
        )
    }

    @Test("rows of devices.jobs come by device, page by page, whichever way they are narrowed")
    func query() throws {
        let registry = try Registry()
        for name in ["a", "b", "c"] { _ = try Self.running(name, ["d1", "d2", "d2/m", "d3"], in: registry) }
        #expect(try Self.rows("SELECT * FROM devices.jobs", of: registry).count == 12)
        let ofDevice = try Self.rows("SELECT * FROM devices.jobs WHERE devices.jobs.deviceId = 'd2'", of: registry)
        #expect(
            ofDevice.map { "\($0["jobId"]?.string ?? "") \($0["moduleId"]?.string ?? "")" }
                == ["a ", "b ", "c ", "a m", "b m", "c m"]
        )
        #expect(try Self.rows("SELECT * FROM devices.jobs WHERE jobId = 'b'", of: registry).count == 4)
        #expect(try Self.rows("SELECT * FROM devices.jobs WHERE jobId = 'x'", of: registry).isEmpty)
        #expect(try Self.rows("SELECT TOP 3 * FROM devices.jobs", of: registry).count == 3)
        #expect(
            ofDevice[0].map(\.name) == [
                "deviceId", "jobId", "jobType", "status", "startTimeUtc", "endTimeUtc", "createdDateTimeUtc",
                "lastUpdatedDateTimeUtc",
            ]
        )
        let devices = CompiledQuery(try QueryStatement(parsing: "SELECT * FROM devices"))
        #expect(throws: QueryRefusal.collection(.devices)) {
            try registry.store.runJobQuery(devices, limit: 1, after: nil)
        }
    }

    @Test("a job is forgotten piece by piece, and not before it has ended")
    func forget() throws {
        let registry = try Registry()
        let job = try Self.running("j", ["d1", "d2", "d3"], in: registry)
        #expect(try !registry.store.forget(job.number, limit: 2))
        _ = try registry.store.move(job.number, to: .cancelled, reason: nil, at: Registry.now, event: Self.event)
        #expect(try !registry.store.forget(job.number, limit: 2))
        #expect(try registry.store.forget(job.number, limit: 2))
        #expect(try registry.store.job("j") == nil)
        #expect(try Self.rows("SELECT * FROM devices.jobs", of: registry).isEmpty)
    }
}
