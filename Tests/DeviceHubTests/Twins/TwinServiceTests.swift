import DeviceHub
import DeviceRegistry
import HubProtocol
import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

@Suite("Operators read and write twins, contract twins", .timeLimit(.minutes(1)))
struct TwinServiceTests {
    @Test("a stale etag is 412, an unknown device 404, and nothing is changed")
    func refusals() async throws {
        let bench = try HubBench()
        let id = try HubBench.id("d")
        let patch = try HubBench.patch(#"{"tags":{"site":"a"}}"#)
        let first = try await bench.hub.twins.update(id, patch, ifMatch: .any, author: "policy:test")
        _ = try await bench.hub.twins.update(id, patch, ifMatch: .etag(first.etag), author: "policy:test")
        let stale = await Result.of { () async throws(HubError) in
            try await bench.hub.twins.update(id, patch, ifMatch: .etag(first.etag), author: "policy:test")
        }
        #expect(throws: HubError.self) { try stale.get() }
        if case .failure(let error) = stale { #expect(error.code == .preconditionFailed) }
        let unknown = await Result.of { () async throws(HubError) in
            try await bench.hub.twins.twin(try HubBench.unknown)
        }
        if case .failure(let error) = unknown { #expect(error.code == .deviceNotFound) } else { Issue.record("found") }
    }

    @Test("every change is in twin-changes once, in order, with who and when")
    func changes() async throws {
        let bench = try HubBench(devices: ["d", "e"])
        try await HubBench.running(bench.hub) {
            let link = try bench.connect("d")
            for number in 0..<20 {
                bench.report(link, #"{"n":\#(number)}"#, "\(number)")
                _ = try await link.next()
            }
            let id = try HubBench.id("e")
            let patch = try HubBench.patch(#"{"properties":{"desired":{"x":1}}}"#)
            _ = try await bench.hub.twins.update(id, patch, ifMatch: .any, author: "policy:test")
            // Asks for the past, which waits until all is in the log.
            _ = try await bench.hub.twins.twin(id, at: bench.clock.now)
        }
        let records = try bench.records(of: "twin-changes")
        #expect(records.count == 21)
        let versions = records.filter { $0.key == "d" }.compactMap { $0.value["version"]?.integer }
        #expect(versions == Array(3...22))
        let change = try #require(records.last { $0.key == "e" }?.value["change"]?.object)
        #expect(change["by"] == .string("policy:test"))
        #expect(change["at"] == .string(bench.clock.now.description))
    }

    @Test("a twin tells the states of the configurations that apply to it, as a query's row does")
    func configurations() async throws {
        let bench = try HubBench()
        let id = try HubBench.id("d")
        try await HubBench.running(bench.hub) {
            let content = #"{"deviceContent":{"properties.desired.a":{"b":1}}}"#
            let body = try HubBench.json("{\"content\":\(content),\"targetCondition\":\"*\"}")
            _ = try await bench.hub.configurations.put(
                "c1",
                try #require(body.object),
                ifMatch: nil,
                author: "policy:test"
            )
            while try await bench.hub.twins.twin(id).document["configurations"]?.object?["c1"]
                != .object(["status": .string("Applied")])
            { await Task.yield() }
            let row = try await bench.hub.queries.run("SELECT * FROM devices", pageSize: 1, continuation: nil).items[0]
            #expect(try await bench.hub.twins.twin(id).document["configurations"] == row["configurations"])
        }
    }

    @Test("a twin can be read as of a time")
    func past() async throws {
        let bench = try HubBench()
        let id = try HubBench.id("d")
        try await HubBench.running(bench.hub) {
            var times = [bench.clock.now]
            for number in 1...3 {
                bench.clock.advance(by: .seconds(10))
                let patch = try HubBench.patch(#"{"tags":{"n":\#(number)},"properties":{"desired":{"n":\#(number)}}}"#)
                _ = try await bench.hub.twins.update(id, patch, ifMatch: .any, author: "policy:test")
                times.append(bench.clock.now)
            }
            for (number, time) in times.enumerated() {
                let view = try await bench.hub.twins.twin(id, at: time)
                let n = view.document["tags"]?.object?["n"]?.integer
                #expect(n == (number == 0 ? nil : Int64(number)))
                let desired = view.document["properties"]?.object?["desired"]?.object
                #expect(desired?["$version"] == .integer(Int64(number + 1)))
            }
        }
    }
}

extension HubBench {
    /// A device that is not there.
    static var unknown: IdentityID {
        get throws(HubError) {
            guard let id = IdentityID("nobody") else { throw HubError(.serverError, "no id") }
            return id
        }
    }
}
