import NIOCore
import Testing

@testable import AMQPProtocol

@Suite("Sessions and links: limits, refusals, credit")
struct AMQPLinkTests {
    @Test(
        "the address of messages is taken in every form that clients write",
        arguments: [
            "amqps://hub.example.org/messages/devicebound", "/messages/devicebound", "messages/devicebound",
            "/messages/deviceBound", "amqps://hub.example.org:5671/messages/devicebound",
            "amqp://hub.example.org/messages/devicebound/",
        ]
    )
    func addresses(address: String) {
        var service = TestService.ready()
        service.attach(3, .sender, address)
        #expect(service.look().map(\.name) == ["attach", "flow"])
    }

    @Test(
        "a link to anything else is refused: attach without its end, then detach with the reason [2.6.3]",
        arguments: [
            (.sender, "/messages/nowhere", "amqp:not-found"),
            (.sender, "", "amqp:not-found"),
            (.sender, "/devices/dev1/messages/events", "amqp:not-implemented"),
            (.receiver, "/devices/dev1/messages/devicebound", "amqp:not-implemented"),
            (.receiver, "/messages/serviceBound/feedback", "amqp:not-implemented"),
            (.receiver, "messages/events/ConsumerGroups/$Default/Partitions/0", "amqp:not-implemented"),
            (.receiver, "/messages/devicebound", "amqp:not-allowed"),
            (.sender, String(repeating: "a", count: 513), "amqp:invalid-field"),
        ] as [(AMQPAttach.Role, String, String)]
    )
    func refused(role: AMQPAttach.Role, address: String, condition: String) {
        var service = TestService.ready()
        service.attach(3, role, address)
        let seen = service.look()
        #expect(seen.map(\.name) == ["attach", "detach \(condition)"])
        guard case .frame(.attach(let attach), _)? = seen.first else { return }
        #expect((role == .sender ? attach.target : attach.source) == nil)
        // What was sent before the refusal was seen is forgotten, and the handle is free after the client's detach.
        if role == .sender { service.transfer(3, TestService.message()) }
        service.send(.detach(AMQPDetach(handle: 3, isClosed: true)))
        service.attach(3, .sender, TestService.address)
        #expect(service.look().map(\.name) == ["attach", "flow"])
        #expect(service.asks().isEmpty)
    }

    @Test("a link without address, with a dynamic one, or to a transaction coordinator is refused")
    func oddTargets() throws {
        let targets: [(AMQPValue, String)] = [
            (.null, "amqp:invalid-field"),
            (AMQPDescriptor.target.describing(fields: []), "amqp:invalid-field"),
            (
                AMQPDescriptor.target.describing(fields: [.null, .null, .null, .null, .boolean(true)]),
                "amqp:not-implemented"
            ),
            (AMQPDescriptor.coordinator.describing(fields: []), "amqp:not-implemented"),
        ]
        for (target, condition) in targets {
            var service = TestService.ready()
            var attach = AMQPAttach(name: "n", handle: 3, role: .sender)
            attach.target = try AMQPTerminus(target, .target)
            attach.initialDeliveryCount = 0
            service.send(.attach(attach))
            #expect(service.look().last?.name == "detach \(condition)")
        }
    }

    @Test("without a token a link for messages is refused with amqp:unauthorized-access")
    func unauthorized() {
        var service = TestService()
        service.open()
        service.begin()
        service.attachTokenLinks()
        _ = service.look()
        service.attach(2, .sender, TestService.address)
        #expect(service.look().map(\.name) == ["attach", "detach amqp:unauthorized-access"])
        service.putToken()
        service.answerToken(.refused)
        #expect(service.look().map(\.name) == ["accepted 0", "answer 401 on 1"])
        service.send(.detach(AMQPDetach(handle: 2, isClosed: true)))
        service.attach(2, .sender, TestService.address)
        #expect(service.look().map(\.name) == ["attach", "detach amqp:unauthorized-access"])
    }

    @Test("channels are 0 and 1", arguments: [(1, "begin"), (2, "close amqp:not-allowed")])
    func channels(channel: UInt16, last: String) {
        var service = TestService()
        service.open()
        service.begin()
        service.begin(channel: channel)
        #expect(service.look().last?.name == last)
    }

    @Test("handles are 0 to 7", arguments: [(7, "flow"), (8, "end amqp:not-allowed")])
    func handles(handle: UInt32, last: String) {
        var service = TestService.ready()
        service.attach(handle, .sender, TestService.address)
        #expect(service.look().last?.name == last)
    }

    @Test("four links of a connection take messages, a fifth does not")
    func messageLinks() {
        var service = TestService.ready()
        for handle in UInt32(3)...5 { service.attach(handle, .sender, TestService.address) }
        #expect(service.look().map(\.name).allSatisfy { ["attach", "flow"].contains($0) })
        service.attach(6, .sender, TestService.address)
        #expect(service.look().map(\.name) == ["attach", "detach amqp:resource-limit-exceeded"])
    }

    @Test("a handle in use ends the session; a name in use is refused; a name over 256 bytes ends the session")
    func names() {
        var service = TestService.ready()
        service.attach(3, .sender, TestService.address, name: "link-2")
        #expect(service.look().last?.name == "detach amqp:resource-locked")
        service.attach(4, .sender, TestService.address, name: String(repeating: "n", count: 256))
        #expect(service.look().last?.name == "flow")
        service.attach(2, .sender, TestService.address, name: "other")
        #expect(service.look().map(\.name) == ["end amqp:session:handle-in-use"])
        service = .ready()
        service.attach(4, .sender, TestService.address, name: String(repeating: "n", count: 257))
        #expect(service.look().map(\.name) == ["end amqp:invalid-field"])
    }

    @Test("frames for a handle without link end the session, which is forgotten until the client ends it too")
    func unattached() {
        let performatives: [AMQPPerformative] = [
            .transfer(AMQPTransfer(handle: 5)), .detach(AMQPDetach(handle: 5, isClosed: true)),
        ]
        for performative in performatives {
            var service = TestService.ready()
            service.send(performative)
            #expect(service.look().map(\.name) == ["end amqp:session:unattached-handle"])
            service.transfer(2, TestService.message())
            #expect(service.look().isEmpty && service.asks().isEmpty)
            service.send(.end(nil))
            service.begin()
            #expect(service.look().map(\.name) == ["begin"])
        }
    }

    @Test("credit of 100 is topped up when 50 are settled; a message without credit detaches the link")
    func credit() {
        var service = TestService.ready()
        for _ in 0..<100 { service.transfer(2, TestService.message()) }
        #expect(service.asks().count == 100)
        for number in 0..<49 { service.done(UInt64(number), .accepted) }
        #expect(service.look().map(\.name) == (1...49).map { "accepted \($0)" })
        service.done(49, .accepted)
        let seen = service.look()
        #expect(seen.map(\.name) == ["accepted 50", "flow"])
        guard case .frame(.flow(let flow), _)? = seen.last else { return }
        #expect(flow.linkCredit == 50)
        #expect(flow.deliveryCount == 100)
        for _ in 0..<50 { service.transfer(2, TestService.message()) }
        #expect(service.look().isEmpty)
        service.transfer(2, TestService.message())
        #expect(service.look().map(\.name) == ["detach amqp:link:transfer-limit-exceeded"])
    }

    @Test("the session's window is opened again at half of it, and more frames than it allows end the session")
    func window() {
        var limits = AMQPLimits()
        limits.windowFrames = 10
        limits.creditMax = 1_000
        var service = TestService.ready(limits)
        for _ in 0..<100 { service.transfer(2, TestService.message()) }
        #expect(service.look().map(\.name).contains("flow"))
        #expect(service.asks().count == 100)
        limits.windowFrames = 1
        service = .ready(limits)
        service.transfer(2, TestService.message())
        #expect(service.look().isEmpty)
        service.transfer(2, TestService.message())
        #expect(service.look().map(\.name) == ["end amqp:session:window-violation"])
    }

    @Test("echo is answered with where link and session stand; drain gives unused credit up")
    func flows() {
        var service = TestService.ready()
        var flow = AMQPFlow(nextIncomingID: 1, incomingWindow: 100, nextOutgoingID: 1, outgoingWindow: 100)
        flow.echoes = true
        service.send(.flow(flow))
        flow.handle = 2
        service.send(.flow(flow))
        flow.handle = 1
        flow.deliveryCount = 1
        flow.linkCredit = 5
        flow.drains = true
        flow.echoes = false
        service.send(.flow(flow))
        let flows = service.look().compactMap { seen -> AMQPFlow? in
            if case .frame(.flow(let flow), _) = seen { flow } else { nil }
        }
        #expect(flows.map(\.handle) == [nil, 2, 1])
        #expect(flows.map(\.linkCredit) == [nil, 100, 0])
        #expect(flows.map(\.deliveryCount) == [nil, 0, 6])
        #expect(flows.map(\.nextIncomingID) == [1, 1, 1])
    }

    @Test("delivery counts and transfer ids wrap")
    func wraps() {
        var service = TestService()
        service.open()
        let begin = AMQPBegin(remoteChannel: nil, nextOutgoingID: .max, incomingWindow: 10, outgoingWindow: 10)
        service.send(.begin(begin))
        service.attachTokenLinks()
        service.putToken()
        service.answerToken()
        var attach = AMQPAttach(name: "n", handle: 2, role: .sender)
        attach.target = AMQPTerminus(address: TestService.address, .target)
        attach.initialDeliveryCount = .max
        service.send(.attach(attach))
        service.transfer(2, TestService.message())
        var flow = AMQPFlow(nextIncomingID: 1, incomingWindow: 100, nextOutgoingID: 1, outgoingWindow: 100)
        flow.handle = 2
        flow.echoes = true
        service.send(.flow(flow))
        guard case .frame(.flow(let answer), _)? = service.look().last else {
            Issue.record("no flow")
            return
        }
        #expect(answer.deliveryCount == 0)
        #expect(answer.nextIncomingID == 1)
    }
}
