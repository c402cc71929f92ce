import DeviceHub
import DeviceRegistry
import FleetQuery
import HubProtocol
import TelemetryJSON
import TelemetryModel
import TestSupport
import Testing
import TwinModel

@Suite("Configurations from request to twins, contract iothub-rest section 7", .timeLimit(.minutes(1)))
struct ConfigurationServiceTests {
    private static func body(
        _ content: String,
        _ condition: String = "*",
        priority: Int = 0,
        metrics: String = "{}"
    ) throws -> JSONObject {
        try jsonObject(
            """
            {"content":{"deviceContent":\(content)},"targetCondition":"\(condition)","priority":\(priority),
             "metrics":{"queries":\(metrics)}}
            """
        )
    }

    private static func running(_ service: ConfigurationService, _ body: () async throws -> Void) async throws {
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

    private static func results(_ id: String, _ service: ConfigurationService) async throws -> String? {
        try await service.configuration(id)["systemMetrics"]?.object?["results"]?.description
    }

    private static func code(_ body: () async throws(HubError) -> Void) async -> HubError.Code? {
        do throws(HubError) {
            try await body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test("a configuration is written into the twins that match, counted, and taken away when it is deleted")
    func life() async throws {
        let fleet = try FleetFixture()
        let ids = (100..<350).map { "d\($0)" }
        try fleet.create(ids, tags: #"{"site":"z"}"#)
        try fleet.create(["other"])
        let service = fleet.configurations()
        try await Self.running(service) {
            let body = try Self.body(#"{"properties.desired.chiller":{"t":5}}"#, "tags.site='z'")
            let made = try await service.put("cfg1", body, ifMatch: nil, author: "policy:p")
            #expect(made["etag"]?.string?.isEmpty == false)
            try await eventually("all have it") {
                try await Self.results("cfg1", service) == #"{"targetedCount":250,"appliedCount":250}"#
            }
            #expect(fleet.updates.sorted() == ids.map { "\($0) configuration:cfg1" })
            #expect(try fleet.desired("d100") == #"{"chiller":{"t":5}}"#)
            #expect(try fleet.desired("other") == "{}")
            #expect(
                service.states(of: try #require(IdentityID("d100"))).description == #"{"cfg1":{"status":"Applied"}}"#
            )
            try await service.delete("cfg1", ifMatch: .any, author: "policy:p")
            try await eventually("nobody has it") { try ids.allSatisfy { try fleet.desired($0) == "{}" } }
        }
        #expect(try fleet.operations("commands") == ["createConfiguration", "deleteConfiguration"])
    }

    @Test("a twin that changes gets or loses what it comes to match, and another's overwriting is undone")
    func changes() async throws {
        let fleet = try FleetFixture()
        try fleet.create(["d1"])
        let service = fleet.configurations()
        let id = try #require(IdentityID("d1"))
        try await Self.running(service) {
            let body = try Self.body(#"{"properties.desired.a":1}"#, "tags.on = true")
            _ = try await service.put("c", body, ifMatch: nil, author: "policy:p")
            try await eventually("it is known") {
                try await service.configuration("c")["metrics"] != nil && service.states(of: id).isEmpty
            }
            try fleet.write("d1", #"{"tags":{"on":true}}"#)
            try await eventually("d1 has it") {
                service.changed(id, .tags)
                return try fleet.desired("d1") == #"{"a":1}"#
            }
            try fleet.write("d1", #"{"properties":{"desired":{"a":2,"own":3}}}"#)
            try await eventually("d1 has it again") {
                service.changed(id, .desired)
                return try fleet.desired("d1") == #"{"a":1,"own":3}"#
            }
            try fleet.write("d1", #"{"tags":{"on":false}}"#)
            try await eventually("d1 has lost it") {
                service.changed(id, .tags)
                return try fleet.desired("d1") == #"{"own":3}"#
            }
        }
    }

    @Test("the higher priority holds a path, and when it goes the lower one has it again")
    func priorities() async throws {
        let fleet = try FleetFixture()
        try fleet.create(["d1", "d2"])
        let service = fleet.configurations()
        try await Self.running(service) {
            let low = try Self.body(#"{"properties.desired.a":1}"#, priority: 1)
            let high = try Self.body(#"{"properties.desired.a":2}"#, "deviceId = 'd2'", priority: 2)
            _ = try await service.put("low", low, ifMatch: nil, author: "policy:p")
            _ = try await service.put("high", high, ifMatch: nil, author: "policy:p")
            try await eventually("each has its own") {
                try fleet.desired("d1") == #"{"a":1}"# && fleet.desired("d2") == #"{"a":2}"#
            }
            try await eventually("low is applied to one of two") {
                try await Self.results("low", service) == #"{"targetedCount":2,"appliedCount":1}"#
            }
            try await service.delete("high", ifMatch: .any, author: "policy:p")
            try await eventually("d2 has the lower one") { try fleet.desired("d2") == #"{"a":1}"# }
        }
    }

    @Test("a restart between intent and write, and between write and result, ends in the same twins")
    func crash() async throws {
        let fleet = try FleetFixture()
        try fleet.create(["d1", "d2", "d3"])
        let before = fleet.configurations()
        let body = try Self.body(#"{"properties.desired.a":1}"#, "deviceId != 'd3'")
        _ = try await before.put("c", body, ifMatch: nil, author: "policy:p")
        // Killed with intents for all; d2 and d3 were written. d3 stopped matching since.
        let held = try jsonObject(#"{"a":1}"#)
        let intents = try ["d1", "d2", "d3"].map { name in
            let id = try #require(IdentityID(name))
            return ConfigurationTarget(id: id, configuration: "c", isApplied: false, held: held)
        }
        try fleet.store.change(targets: intents, removing: [])
        for id in ["d2", "d3"] { try fleet.write(id, #"{"properties":{"desired":{"a":1}}}"#) }
        let service = fleet.configurations()
        try await Self.running(service) {
            try await eventually("d1 and d2 have it") {
                try await Self.results("c", service) == #"{"targetedCount":2,"appliedCount":2}"#
            }
        }
        #expect(try ["d1", "d2", "d3"].map { try fleet.desired($0) } == [#"{"a":1}"#, #"{"a":1}"#, "{}"])
        #expect(fleet.updates.sorted() == ["d1 configuration:c", "d3 configuration:c"])
    }

    @Test("a device that is deleted and made again gets it again")
    func remade() async throws {
        let fleet = try FleetFixture()
        try fleet.create(["d1"])
        let service = fleet.configurations()
        try await Self.running(service) {
            let body = try Self.body(#"{"properties.desired.a":1}"#)
            _ = try await service.put("c", body, ifMatch: nil, author: "policy:p")
            try await eventually("d1 has it") { try fleet.desired("d1") == #"{"a":1}"# }
            try fleet.delete("d1")
            try fleet.create(["d1"])
            service.changed(try #require(IdentityID("d1")), .all)
            try await eventually("d1 has it again") { try fleet.desired("d1") == #"{"a":1}"# }
        }
    }

    @Test("metric queries count rows, fresh when a configuration is read")
    func metrics() async throws {
        let fleet = try FleetFixture()
        try fleet.create(["d1", "d2", "d3"], tags: #"{"s":"a"}"#)
        let metrics = """
            {"all":"SELECT deviceId FROM devices","ok":"SELECT deviceId FROM devices WHERE properties.reported.ok = true",
             "two":"SELECT TOP 2 * FROM devices","groups":"SELECT tags.s, COUNT() AS n FROM devices GROUP BY tags.s"}
            """
        let service = fleet.configurations()
        let body = try Self.body("{}", "", metrics: metrics)
        _ = try await service.put("c", body, ifMatch: nil, author: "policy:p")
        func results() async throws -> String? {
            try await service.configuration("c")["metrics"]?.object?["results"]?.description
        }
        #expect(try await results() == #"{"all":3,"ok":0,"two":2,"groups":1}"#)
        try fleet.report("d2", #"{"ok":true}"#)
        fleet.advance(by: .seconds(5))
        #expect(try await results() == #"{"all":3,"ok":1,"two":2,"groups":1}"#)
    }

    @Test("etags, existence and unchangeable content are checked")
    func conditions() async throws {
        let fleet = try FleetFixture()
        let service = fleet.configurations()
        let body = try Self.body(#"{"properties.desired.a":1}"#)
        let made = try await service.put("c", body, ifMatch: nil, author: "p")
        let etag = try #require(made["etag"]?.string)
        var other = try Self.body(#"{"properties.desired.a":2}"#)
        let codes: [HubError.Code?] = [
            await Self.code { () async throws(HubError) in
                _ = try await service.put("c", body, ifMatch: nil, author: "p")
            },
            await Self.code { () async throws(HubError) in
                _ = try await service.put("c", body, ifMatch: .etag("x"), author: "p")
            },
            await Self.code { () async throws(HubError) in
                _ = try await service.put("x", body, ifMatch: .any, author: "p")
            },
            await Self.code { [other] () async throws(HubError) in
                _ = try await service.put("c", other, ifMatch: .any, author: "p")
            },
            await Self.code { () async throws(HubError) in _ = try await service.configuration("x") },
            await Self.code { () async throws(HubError) in
                try await service.delete("c", ifMatch: .etag("x"), author: "p")
            },
        ]
        #expect(
            codes == [
                .configurationAlreadyExists, .preconditionFailed, .configurationNotFound, .argumentInvalid,
                .configurationNotFound, .preconditionFailed,
            ]
        )
        other = made
        other["priority"] = .integer(7)
        let updated = try await service.put("c", other, ifMatch: .etag(etag), author: "p")
        #expect(updated["priority"] == .integer(7) && updated["etag"] != made["etag"])
        #expect(try await service.configurations(top: 10).count == 1)
        #expect(try await service.configurations(top: 0).isEmpty)
    }

    @Test("testQueries tells the fault of each query")
    func testQueries() throws {
        let fleet = try FleetFixture()
        let body = try jsonObject(
            #"{"targetCondition":"tags.x=1","customMetricQueries":{"a":"SELECT","b":"SELECT * FROM devices"}}"#
        )
        let answer = try fleet.configurations().testQueries(body)
        #expect(answer["targetConditionError"] == .null)
        #expect(answer["customMetricQueryErrors"]?.object?.map(\.name) == ["a"])
    }

    @Test("content is written to one device and its modules")
    func apply() async throws {
        let fleet = try FleetFixture()
        try fleet.create(["d1", "d1/$edgeAgent"])
        let content = try jsonObject(
            #"{"deviceContent":{"properties.desired.a":1},"modulesContent":{"$edgeAgent":{"properties.desired":{"b":2}}}}"#
        )
        let device = try #require(IdentityID("d1"))
        try await fleet.configurations().apply(content: content, to: device, author: "policy:p")
        #expect(try fleet.desired("d1") == #"{"a":1}"#)
        #expect(try fleet.desired("d1/$edgeAgent") == #"{"b":2}"#)
    }
}
