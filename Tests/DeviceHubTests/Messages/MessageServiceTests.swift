import HubProtocol
import TelemetryJSON
import TelemetryModel
import Testing

@testable import DeviceHub

@Suite("Cloud-to-device messages, contract iothub-rest section 6, iothub-mqtt section 9", .timeLimit(.minutes(1)))
struct MessageServiceTests {
    private func send(
        _ bench: HubBench,
        _ payload: String,
        _ change: (inout CloudToDeviceMessage) -> Void = { _ in }
    ) async throws {
        var message = CloudToDeviceMessage(to: "d", payload: Array(payload.utf8))
        change(&message)
        try await bench.hub.messages.send(message, author: "policy:test")
    }

    @Test("what was sent while the device was away comes in order, with its properties")
    func order() async throws {
        let bench = try HubBench()
        try await self.send(bench, "1") { message in
            message.messageID = "m9"
            message.correlationID = "c1"
            message.contentType = "application/json"
            message.properties = [.init("app one", "v/1"), .init("n", nil), .init("e", "")]
        }
        try await self.send(bench, "2")
        let link = try bench.connect("d")
        let first = try await link.next()
        let prefix = "devices/d/messages/devicebound/%24.to=%2Fdevices%2Fd%2Fmessages%2Fdevicebound"
        #expect(first.topic == prefix + "&%24.mid=m9&%24.cid=c1&%24.ct=application%2Fjson&app%20one=v%2F1&n&e=")
        #expect(first.payload == "1")
        #expect(try await link.next().topic == prefix)
        try await self.send(bench, "3")
        #expect(try await link.next().payload == "3")
    }

    @Test("a message without acknowledgement comes again on the next connection, one with it does not")
    func again() async throws {
        let bench = try HubBench()
        let link = try bench.connect("d")
        for payload in ["1", "2", "3"] { try await self.send(bench, payload) }
        _ = try await link.next()
        try await link.next().ended?(true)
        let third = try await link.next()
        bench.hub.closed(link)
        third.ended?(false)
        let next = try bench.connect("d", as: 2)
        #expect(try await next.next().payload == "1")
        #expect(try await next.next().payload == "3")
    }

    @Test("the 51st message is refused, as is one for nobody")
    func full() async throws {
        let bench = try HubBench()
        for number in 0..<50 { try await self.send(bench, "\(number)") }
        var codes = [HubError.Code]()
        for device in ["d", "nobody", "a/b"] {
            let message = CloudToDeviceMessage(to: device, payload: [])
            do throws(HubError) {
                try await bench.hub.messages.send(message, author: "policy:test")
            } catch {
                codes.append(error.code)
            }
        }
        #expect(codes == [.queueFull, .deviceNotFound, .argumentInvalid])
        #expect(try await bench.hub.messages.purge(try HubBench.id("d")) == 50)
        try await self.send(bench, "again")
    }

    @Test(
        "payload and properties have limits",
        arguments: [(65_536, 0, true), (65_537, 0, false), (0, 16_383, true), (0, 16_384, false)]
    )
    func limits(payload: Int, property: Int, isTaken: Bool) async throws {
        let bench = try HubBench()
        var message = CloudToDeviceMessage(to: "d", payload: [UInt8](repeating: 0, count: payload))
        message.properties = [.init("n", String(repeating: "x", count: property))]
        do throws(HubError) {
            try await bench.hub.messages.send(message, author: "policy:test")
            #expect(isTaken)
        } catch {
            #expect(error.code == .tooLarge)
            #expect(!isTaken)
        }
    }

    @Test("an expired message is gone, and its sender is told")
    func expiry() async throws {
        let bench = try HubBench()
        try await self.send(bench, "1") { message in
            message.messageID = "m1"
            message.acknowledgement = .full
            message.expiresAt = bench.clock.now + .seconds(10)
        }
        bench.clock.advance(by: .seconds(11))
        try await bench.hub.messages.expire(isForced: false)
        bench.clock.advance(by: .seconds(16))
        let feedback = try #require(try await bench.hub.messages.nextFeedback())
        #expect(feedback.body.map { $0["statusCode"] } == [.string("Expired")])
        #expect(try await bench.hub.messages.nextFeedback() == nil)
        try await bench.hub.messages.completeFeedback(feedback.lock)
        do throws(HubError) {
            try await bench.hub.messages.completeFeedback(feedback.lock)
            Issue.record("completed twice")
        } catch {
            #expect(error.code == .lockLost)
        }
    }
}
