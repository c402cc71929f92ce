import DeviceHub
import DeviceRegistry
import HubProtocol
import TelemetryJSON
import Testing
import TwinModel

@Suite("Devices read and report their twins, contract iothub-mqtt sections 5 to 7", .timeLimit(.minutes(1)))
struct DeviceTwinTests {
    @Test("a patch is answered with its version, and a read behind it sees it")
    func reportAndRead() async throws {
        let bench = try HubBench()
        let link = try bench.connect("d")
        bench.report(link, #"{"fw":"1.0","a":{"b":1}}"#, "r1")
        bench.get(link, "r2")
        let patched = try await link.next()
        #expect(patched.topic == "$iothub/twin/res/204/?$rid=r1&$version=2")
        #expect(patched.payload.isEmpty && patched.answered == "r1")
        let read = try await link.next()
        #expect(read.topic == "$iothub/twin/res/200/?$rid=r2")
        let expected = #"{"desired":{"$version":1},"reported":{"fw":"1.0","a":{"b":1},"$version":2}}"#
        #expect(try HubBench.json(read.payload) == HubBench.json(expected))
    }

    @Test("a read is never answered with older desired properties than the device was told before")
    func newestRead() async throws {
        let bench = try HubBench()
        let link = try bench.connect("d")
        let id = try HubBench.id("d")
        let writer = Task { [hub = bench.hub] in
            for number in 0..<300 {
                let patch = try HubBench.patch(#"{"properties":{"desired":{"n":\#(number)}}}"#)
                _ = try await hub.twins.update(id, patch, ifMatch: .any, author: "policy:test")
            }
        }
        var told: Int64 = 1
        var answers = 0
        bench.get(link, "r")
        while told < 301 || answers == 0 {
            let message = try await link.next()
            let whole = try #require(try HubBench.json(message.payload).object)
            guard message.answered != nil else {
                let version = try #require(whole["$version"]?.integer)
                #expect(version == told + 1)
                told = version
                continue
            }
            let version = try #require(whole["desired"]?.object?["$version"]?.integer)
            #expect(version >= told)
            answers += 1
            bench.get(link, "r")
        }
        try await writer.value
    }

    @Test(
        "a patch that breaks a rule is refused at once, with a body that says why",
        arguments: [
            (body: "{", ifVersion: Int64?.none, status: 400),
            ("[1]", nil, 400),
            (#"{"a.b":1}"#, nil, 400),
            (#"{"a":1}"#, 2, 412),
        ]
    )
    func refused(body: String, ifVersion: Int64?, status: Int) async throws {
        let bench = try HubBench()
        let link = try bench.connect("d")
        bench.report(link, body, "r", ifVersion: ifVersion)
        let answer = try await link.next()
        #expect(answer.topic == "$iothub/twin/res/\(status)/?$rid=r")
        let error = try #require(try HubBench.json(answer.payload).object)
        #expect(error["errorCode"]?.integer.map { $0 / 1_000 } == Int64(status))
        #expect(error["message"]?.string?.isEmpty == false)
    }

    @Test("a section that would be too large is answered 413")
    func tooLarge() async throws {
        let bench = try HubBench()
        let link = try bench.connect("d")
        let members = (0..<9).map { #""k\#($0)":"\#(String(repeating: "x", count: 4_096))""# }
        bench.report(link, "{\(members.joined(separator: ","))}", "r")
        #expect(try await link.next().topic == "$iothub/twin/res/413/?$rid=r")
    }

    @Test("a fault is answered four seconds later, since the client repeats a read at once")
    func heldBack() async throws {
        let bench = try HubBench()
        let link = try bench.connect("d")
        bench.store.close()
        bench.get(link, "r")
        await bench.clock.waitForSleeper(of: .seconds(4))
        #expect(link.messageCount == 0)
        bench.clock.advance(by: .seconds(4))
        #expect(try await link.next().topic == "$iothub/twin/res/500/?$rid=r")
    }

    @Test("a subscribed device is told every desired change in order of versions, with nulls and $version")
    func desired() async throws {
        let bench = try HubBench()
        let link = try bench.connect("d")
        let id = try HubBench.id("d")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                let patch = try HubBench.patch(#"{"properties":{"desired":{"n":\#(number),"z":null}}}"#)
                group.addTask { [hub = bench.hub] in
                    _ = try await hub.twins.update(id, patch, ifMatch: .any, author: "policy:test")
                }
            }
            try await group.waitForAll()
        }
        for version in 2...51 {
            let message = try await link.next()
            #expect(message.topic == "$iothub/twin/PATCH/properties/desired/?$version=\(version)")
            let body = try #require(try HubBench.json(message.payload).object)
            #expect(body["$version"] == .integer(Int64(version)))
            #expect(body["z"] == .null)
        }
    }

    @Test("who is not subscribed is told nothing, nor anybody of a change of tags")
    func silent() async throws {
        let bench = try HubBench()
        let id = try HubBench.id("d")
        let link = FakeLink(id)
        bench.hub.opened(link, subscriptions: [.twinAnswers])
        let desired = try HubBench.patch(#"{"properties":{"desired":{"n":1}}}"#)
        _ = try await bench.hub.twins.update(id, desired, ifMatch: .any, author: "policy:test")
        bench.hub.changed(link, subscriptions: [.twinAnswers, .desiredPatches])
        let tags = try HubBench.patch(#"{"tags":{"n":1}}"#)
        _ = try await bench.hub.twins.update(id, tags, ifMatch: .any, author: "policy:test")
        #expect(link.messageCount == 0)
    }

    @Test("an operator sees the connection, the model and the last activity")
    func view() async throws {
        let bench = try HubBench()
        let id = try HubBench.id("d")
        let link = FakeLink(id, modelID: "dtmi:com:example:Thermostat;1")
        #expect(try await bench.hub.twins.twin(id).document["connectionState"] == .string("Disconnected"))
        bench.hub.opened(link, subscriptions: [.twinAnswers])
        bench.report(link, #"{"a":1}"#, "r")
        _ = try await link.next()
        var view = try await bench.hub.twins.twin(id)
        #expect(view.document["connectionState"] == .string("Connected"))
        #expect(view.document["modelId"] == .string("dtmi:com:example:Thermostat;1"))
        #expect(bench.hub.links.connectedDeviceCount == 1)
        bench.hub.closed(link)
        view = try await bench.hub.twins.twin(id)
        #expect(view.document["connectionState"] == .string("Disconnected"))
        #expect(view.document["lastActivityTime"] != .null)
        #expect(bench.hub.links.connectedDeviceCount == 0)
    }
}
