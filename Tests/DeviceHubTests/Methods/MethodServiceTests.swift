import DeviceHub
import HubProtocol
import TelemetryJSON
import TelemetryModel
import Testing

@Suite("Direct methods, contract iothub-rest section 5, iothub-mqtt section 8", .timeLimit(.minutes(1)))
struct MethodServiceTests {
    private func call(connect: Int = 0) throws -> MethodCall {
        try MethodCall(
            name: "reboot now/x",
            payload: Array(#"{"d": 5}"#.utf8),
            responseTimeoutSeconds: 5,
            connectTimeoutSeconds: connect
        )
    }

    private func invoke(
        _ bench: HubBench,
        _ device: String = "d",
        connect: Int = 0
    ) throws -> Task<Outcome, Never> {
        let (call, id) = (try self.call(connect: connect), try HubBench.id(device))
        return Task { [hub = bench.hub] in
            await Result.of { () async throws(HubError) in try await hub.methods.invoke(id, call, author: "policy:test")
            }
        }
    }

    private typealias Outcome = Result<MethodAnswer, HubError>

    private func answer(_ bench: HubBench, _ link: FakeLink, _ requestID: String, _ body: String) {
        let request = HubRequest(.methodAnswer(status: 207), requestID: requestID)
        bench.hub.received(request, payload: Array(body.utf8), on: link)
    }

    @Test(
        "the device gets name, payload and a request id, the caller status and payload",
        arguments: [(#"{"ok": 1}"#, #"{"ok": 1}"#), ("", "null"), ("no json", #""no json""#)]
    )
    func answered(body: String, payload: String) async throws {
        let bench = try HubBench()
        let link = try bench.connect("d")
        let result = try self.invoke(bench)
        let request = try await link.next()
        #expect(request.topic.hasPrefix("$iothub/methods/POST/reboot%20now%2Fx/?$rid="))
        #expect(request.payload == #"{"d": 5}"#)
        self.answer(bench, link, request.requestID, body)
        #expect(await result.value == .success(MethodAnswer(status: 207, payload: Array(payload.utf8))))
    }

    @Test("an answer with another request id, or on another connection, is dropped")
    func foreign() async throws {
        let bench = try HubBench(devices: ["d", "e"])
        let link = try bench.connect("d")
        let other = try bench.connect("e", as: 2)
        let result = try self.invoke(bench)
        let request = try await link.next()
        self.answer(bench, link, "0", "1")
        self.answer(bench, other, request.requestID, "2")
        self.answer(bench, link, request.requestID, "3")
        #expect(await result.value == .success(MethodAnswer(status: 207, payload: Array("3".utf8))))
    }

    @Test("without an answer in time it is 504101")
    func timeout() async throws {
        let bench = try HubBench()
        let link = try bench.connect("d")
        let result = try self.invoke(bench)
        _ = try await link.next()
        await bench.clock.waitForSleeper(of: .seconds(5))
        bench.clock.advance(by: .seconds(5))
        guard case .failure(let error) = await result.value else { return #expect(Bool(false), "answered") }
        #expect(error.code.number == 504_101)
        #expect(error.timeoutSeconds == 5)
    }

    @Test("a device that is not connected is 404103, one that is not there 404001")
    func offline() async throws {
        let bench = try HubBench()
        for (device, number) in [("d", 404_103), ("nobody", 404_001)] {
            guard case .failure(let error) = try await self.invoke(bench, device).value else {
                return #expect(Bool(false), "answered")
            }
            #expect(error.code.number == number)
        }
    }

    @Test("a call waits for the device to connect and subscribe, in the connect timeout")
    func connects() async throws {
        let bench = try HubBench()
        let result = try self.invoke(bench, connect: 10)
        await bench.clock.waitForSleeper(of: .seconds(10))
        let link = FakeLink(try HubBench.id("d"))
        bench.hub.opened(link, subscriptions: [.twinAnswers])
        bench.hub.changed(link, subscriptions: [.twinAnswers, .methods])
        let request = try await link.next()
        self.answer(bench, link, request.requestID, "1")
        #expect(await result.value == .success(MethodAnswer(status: 207, payload: Array("1".utf8))))
    }

    @Test("the end of the connection ends the call at once")
    func disconnects() async throws {
        let bench = try HubBench()
        let link = try bench.connect("d")
        let result = try self.invoke(bench)
        _ = try await link.next()
        bench.hub.closed(link)
        guard case .failure(let error) = await result.value else { return #expect(Bool(false), "answered") }
        #expect(error.code == .deviceNotOnline)
    }

    @Test("a caller that goes away leaves nothing behind, and every call is a record in commands")
    func record() async throws {
        let bench = try HubBench()
        let link = try bench.connect("d")
        try await HubBench.running(bench.hub) {
            let abandoned = try self.invoke(bench)
            _ = try await link.next()
            abandoned.cancel()
            guard case .failure = await abandoned.value else { return #expect(Bool(false), "answered") }
            let answered = try self.invoke(bench)
            self.answer(bench, link, try await link.next().requestID, "1")
            _ = await answered.value
        }
        let records = try bench.records(of: "commands")
        #expect(records.map { $0.value["outcome"] } == [.string("abandoned"), .string("answered")])
        #expect(records.map { $0.value["by"] } == [.string("policy:test"), .string("policy:test")])
        #expect(records.last?.value["status"] == .integer(207))
    }
}
