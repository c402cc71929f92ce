import DeviceHub
import DeviceRegistry
import FleetQuery
import HubProtocol
import TelemetryJSON
import TelemetryModel
import TestSupport
import Testing

@Suite("Jobs from request to outcome, contract iothub-rest section 8", .timeLimit(.minutes(1)))
struct JobServiceTests {
    private static let twinJob = #"{"type":"scheduleUpdateTwin","updateTwin":{"properties":{"desired":{"job":1}}}"#

    private static func status(_ id: String, _ service: JobService) async throws -> String? {
        try await service.job(id)["status"]?.string
    }

    /// Runs a service as long as the body.
    private static func running(_ service: JobService, _ body: () async throws -> Void) async throws {
        let run = Task { await service.run() }
        do {
            try await body()
        } catch {
            run.cancel()
            throw error
        }
        run.cancel()
        await run.value
    }

    private static func statistics(_ id: String, _ service: JobService) async throws -> String? {
        try await service.job(id)["deviceJobStatistics"]?.description
    }

    @Test("a twin job writes each device of its condition once, and tells so")
    func twins() async throws {
        let fleet = try FleetFixture()
        let ids = (100..<250).map { "d\($0)" }
        try fleet.create(ids, tags: #"{"site":"a"}"#)
        try fleet.create(["other"], tags: #"{"site":"b"}"#)
        let service = fleet.jobs()
        try await Self.running(service) {
            let body = try jsonObject(Self.twinJob + #","queryCondition":"tags.site='a'","rateLimitPerSecond":1000}"#)
            let made = try await service.create("j1", body, author: "policy:service")
            #expect(made["status"] == .string("queued"))
            try await eventually("j1 is completed") { try await Self.status("j1", service) == "completed" }
        }
        #expect(fleet.updates.sorted() == ids.map { "\($0) job:j1" })
        #expect(try fleet.desired("other") == "{}")
        #expect(
            try await Self.statistics("j1", service)
                == #"{"deviceCount":150,"failedCount":0,"succeededCount":150,"runningCount":0,"pendingCount":0}"#
        )
        #expect(try fleet.operations("commands") == ["queuedJob", "runningJob", "completedJob"])
    }

    @Test("a method job records each device's answer or error, and is completed")
    func methods() async throws {
        let fleet = try FleetFixture()
        try fleet.create(["d1", "d2", "d1/m"])
        fleet.fail("d2", HubError(.deviceNotOnline, "not connected"))
        let service = fleet.jobs()
        let body = #"{"type":"scheduleDeviceMethod","cloudToDeviceMethod":{"methodName":"cmd","payload":{"a":1}}}"#
        try await Self.running(service) {
            _ = try await service.create("j2", try jsonObject(body), author: "policy:service")
            try await eventually("j2 is completed") { try await Self.status("j2", service) == "completed" }
        }
        #expect(fleet.calls.map(\.id).sorted() == ["d1", "d2"])
        let query = CompiledQuery(
            try QueryStatement(parsing: "SELECT * FROM devices.jobs WHERE devices.jobs.jobId = 'j2'")
        )
        let rows = try fleet.store.runJobQuery(query, limit: 10, after: nil).rows
        #expect(rows.map { $0["status"] } == [.string("completed"), .string("failed")])
        #expect(rows[0]["outcome"]?.description == #"{"deviceMethodResponse":{"status":200,"payload":{"a":1}}}"#)
        #expect(rows[1]["error"]?.description == #"{"code":"DeviceNotOnline","description":"not connected"}"#)
    }

    @Test("a job over modules has modules")
    func modules() async throws {
        let fleet = try FleetFixture()
        try fleet.create(["d1", "d1/m", "d1/n"])
        let service = fleet.jobs()
        try await Self.running(service) {
            let body = Self.twinJob + #","queryCondition":"FROM devices.modules WHERE moduleId = 'm'"}"#
            _ = try await service.create("j", try jsonObject(body), author: "policy:service")
            try await eventually("j is completed") { try await Self.status("j", service) == "completed" }
        }
        #expect(fleet.updates == ["d1/m job:j"])
    }

    @Test("a job waits for its start, and finds the devices of that time")
    func start() async throws {
        let fleet = try FleetFixture()
        try fleet.create(["d1"])
        let service = fleet.jobs()
        let start = (fleet.now + .seconds(3_600)).description
        let body = Self.twinJob + #","startTime":"\#(start)"}"#
        let made = try await service.create("j", try jsonObject(body), author: "policy:service")
        #expect(made["status"] == .string("scheduled") && made["startTime"] == .string(start))
        try fleet.create(["d2"])
        fleet.advance(by: .seconds(3_600))
        try await Self.running(service) {
            try await eventually("j is completed") { try await Self.status("j", service) == "completed" }
        }
        #expect(fleet.updates.sorted() == ["d1 job:j", "d2 job:j"])
    }

    @Test("a cancelled job begins with no further device")
    func cancel() async throws {
        let fleet = try FleetFixture()
        try fleet.create((100..<400).map { "d\($0)" })
        fleet.hold()
        let service = fleet.jobs()
        let body = #"{"type":"scheduleDeviceMethod","cloudToDeviceMethod":{"methodName":"cmd"}}"#
        try await Self.running(service) {
            _ = try await service.create("j", try jsonObject(body), author: "policy:service")
            try await eventually("100 calls wait") { fleet.calls.count == 100 }
            let cancelled = try await service.cancel("j", author: "policy:service")
            #expect(cancelled["status"] == .string("cancelled"))
            fleet.release()
            let expected =
                #"{"deviceCount":300,"failedCount":0,"succeededCount":100,"runningCount":0,"pendingCount":200}"#
            try await eventually("outcomes are recorded") { try await Self.statistics("j", service) == expected }
        }
        #expect(fleet.calls.count == 100)
        #expect(try fleet.operations("commands").last == "cancelledJob")
    }

    @Test("a job of which too many devices fail is stopped and failed")
    func abort() async throws {
        let fleet = try FleetFixture()
        let ids = (100..<400).map { "d\($0)" }
        try fleet.create(ids)
        for id in ids { fleet.fail(id, HubError(.deviceNotOnline, "off")) }
        let service = fleet.jobs()
        try await Self.running(service) {
            let body = Self.twinJob + #","abortFailedPercent":20}"#
            _ = try await service.create("j", try jsonObject(body), author: "policy:service")
            try await eventually("j is failed") { try await Self.status("j", service) == "failed" }
        }
        let reason = try await service.job("j")["failureReason"]?.string
        #expect(reason?.contains("abortFailedPercent is 20") == true)
        let failed = try await service.job("j")["deviceJobStatistics"]?.object?["failedCount"]?.integer ?? 0
        #expect((10..<300).contains(failed))
    }

    @Test("after a crash a job goes on where it was: twins are written once, methods called at most once")
    func crash() async throws {
        let fleet = try FleetFixture()
        let ids = (10..<40).map { "d\($0)" }
        try fleet.create(ids)
        let before = fleet.jobs()
        let call = #"{"type":"scheduleDeviceMethod","cloudToDeviceMethod":{"methodName":"cmd"}}"#
        _ = try await before.create("calls", try jsonObject(call), author: "policy:service")
        _ = try await before.create("twins", try jsonObject(Self.twinJob + "}"), author: "policy:service")
        // What a gateway has done that was killed: both run, 20 devices have their turn, five twins were written, one
        // outcome was recorded.
        for name in ["calls", "twins"] {
            let job = try #require(try fleet.store.job(name))
            let now = fleet.now
            _ = try fleet.store.move(job.number, to: .running, reason: nil, at: now) { JobFixture.event($0) }
            let targets = ids.compactMap { IdentityID($0) }
            _ = try fleet.store.addTargets(targets, to: job.number, listedUpTo: nil, at: now)
            let begun = try #require(try fleet.store.advance(job.number, outcomes: [], begin: 20, at: now)).begun
            #expect(begun == Array(targets.prefix(20)))
            let outcome = DeviceJobOutcome(
                job: job.number,
                id: begun[0],
                hasSucceeded: true,
                members: [:],
                endedAt: now
            )
            _ = try fleet.store.advance(job.number, outcomes: [outcome, outcome], begin: 0, at: now)
        }
        for id in ids.prefix(5) { try fleet.write(id, #"{"properties":{"desired":{"job":1}}}"#) }

        let service = fleet.jobs()
        try await Self.running(service) {
            for name in ["calls", "twins"] {
                try await eventually("\(name) is completed") { try await Self.status(name, service) == "completed" }
            }
        }
        #expect(fleet.updates.sorted() == ids.dropFirst(5).map { "\($0) job:twins" })
        #expect(fleet.calls.map(\.id).sorted() == Array(ids.dropFirst(20)))
        #expect(
            try await Self.statistics("twins", service)
                == #"{"deviceCount":30,"failedCount":0,"succeededCount":30,"runningCount":0,"pendingCount":0}"#
        )
        #expect(
            try await Self.statistics("calls", service)
                == #"{"deviceCount":30,"failedCount":19,"succeededCount":11,"runningCount":0,"pendingCount":0}"#
        )
    }

    @Test("ids are taken once, unknown jobs are not found, faults are told")
    func refusals() async throws {
        let fleet = try FleetFixture()
        let service = fleet.jobs()
        let body = try jsonObject(Self.twinJob + "}")
        _ = try await service.create("j", body, author: "policy:service")
        let codes: [HubError.Code?] = [
            await Self.code { () async throws(HubError) in _ = try await service.create("j", body, author: "p") },
            await Self.code { () async throws(HubError) in _ = try await service.create("a b", body, author: "p") },
            await Self.code { () async throws(HubError) in _ = try await service.job("x") },
            await Self.code { () async throws(HubError) in _ = try await service.cancel("x", author: "p") },
        ]
        #expect(codes == [.jobAlreadyExists, .argumentInvalid, .jobNotFound, .jobNotFound])
    }

    @Test("jobs are listed newest first, by type and status, page by page")
    func list() async throws {
        let fleet = try FleetFixture()
        let service = fleet.jobs()
        let call = #"{"type":"scheduleDeviceMethod","cloudToDeviceMethod":{"methodName":"cmd"}}"#
        for (number, body) in [Self.twinJob + "}", call, Self.twinJob + "}"].enumerated() {
            _ = try await service.create("j\(number)", try jsonObject(body), author: "policy:service")
        }
        func ids(_ page: JobPage) -> [String] { page.items.compactMap { $0["jobId"]?.string } }
        let first = try await service.jobs(type: nil, status: nil, limit: 2, continuation: nil)
        #expect(ids(first) == ["j2", "j1"])
        let second = try await service.jobs(type: nil, status: nil, limit: 2, continuation: first.continuation)
        #expect(ids(second) == ["j0"] && second.continuation == nil)
        let calls = try await service.jobs(type: "scheduleDeviceMethod", status: "queued", limit: 9, continuation: nil)
        #expect(ids(calls) == ["j1"])
        #expect(try await service.jobs(type: "export", status: nil, limit: 9, continuation: nil).items.isEmpty)
    }

    private static func code(_ body: () async throws(HubError) -> Void) async -> HubError.Code? {
        do throws(HubError) {
            try await body()
            return nil
        } catch {
            return error.code
        }
    }
}
