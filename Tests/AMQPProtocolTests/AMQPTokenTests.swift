import NIOCore
import Testing

@testable import AMQPProtocol

@Suite("Tokens to $cbs, and time")
struct AMQPTokenTests {
    private static func beforeToken() -> TestService {
        var service = TestService()
        service.open()
        service.begin()
        service.attachTokenLinks()
        _ = service.look()
        return service
    }

    @Test(
        "the answer's correlation-id is the request's message-id, of the same type",
        arguments: [
            .ulong(0), .ulong(7), .ulong(.max), .string("m"), .uuid(5), .binary(ByteBuffer(bytes: [1])), .null,
        ] as [AMQPValue]
    )
    func correlation(id: AMQPValue) {
        var service = AMQPTokenTests.beforeToken()
        service.putToken(id: id)
        service.answerToken()
        guard case .answer(let message, 1)? = service.look().last else {
            Issue.record("no answer")
            return
        }
        #expect(message.properties.correlationID == id)
        #expect(message.applicationProperty("status-code") == .int(200))
        #expect(message.applicationProperty("status-description") == .string("OK"))
    }

    @Test("wrong tokens are answered 401, what cannot be checked 503, an ended one 401")
    func statuses() {
        let outcomes: [(AMQPTokenOutcome, String)] = [
            (.accepted(lifetime: .milliseconds(1)), "answer 200 on 1"), (.accepted(lifetime: .zero), "answer 401 on 1"),
            (.accepted(lifetime: .seconds(-5)), "answer 401 on 1"), (.refused, "answer 401 on 1"),
            (.unavailable, "answer 503 on 1"),
        ]
        for (outcome, name) in outcomes {
            var service = AMQPTokenTests.beforeToken()
            service.putToken()
            service.answerToken(outcome)
            #expect(service.look().map(\.name) == ["accepted 0", name])
            #expect(service.connection.isAuthorized == (name == "answer 200 on 1"))
        }
    }

    @Test("requests that are no put-token of a shared access signature are answered without a check")
    func requests() {
        let changes: [(String, (inout AMQPMessage) -> Void)] = [
            ("answer 400 on 1", { $0.applicationProperties[1].value = .string("delete-token") }),
            ("answer 400 on 1", { $0.applicationProperties.remove(at: 1) }),
            ("answer 401 on 1", { $0.applicationProperties[2].value = .string("jwt") }),
            ("answer 401 on 1", { $0.applicationProperties.remove(at: 2) }),
            ("answer 400 on 1", { $0.applicationProperties.remove(at: 0) }),
            ("answer 400 on 1", { $0.applicationProperties[0].value = .int(1) }),
            ("answer 400 on 1", { $0.body = .value(.int(1)) }),
            ("answer 400 on 1", { $0.body = .value(.binary(ByteBuffer(bytes: [0xFF]))) }),
            ("answer 400 on 1", { $0.body = .none }),
        ]
        for (name, change) in changes {
            var service = AMQPTokenTests.beforeToken()
            var message = TestService.tokenRequest()
            change(&message)
            service.transfer(0, message)
            #expect(service.look().map(\.name) == ["accepted 0", name])
            #expect(service.asks().isEmpty)
        }
    }

    @Test("a request without a link for its answer, or that is no message, is rejected")
    func rejected() {
        var service = TestService()
        service.open()
        service.begin()
        service.attach(0, .sender, "$cbs")
        _ = service.look()
        service.putToken()
        service.transfer(0, ByteBuffer(hex: "005375"))
        #expect(service.look().map(\.name) == ["rejected 0 amqp:not-allowed", "rejected 1 amqp:decode-error"])
    }

    @Test("the answer goes to the link that the request names")
    func replyTo() {
        var service = AMQPTokenTests.beforeToken()
        var attach = AMQPAttach(name: "other", handle: 3, role: .receiver)
        attach.source = AMQPTerminus(address: "$cbs", .source)
        attach.target = AMQPTerminus(address: "mine", .target)
        service.send(.attach(attach))
        service.grant(3, credit: 1)
        var message = TestService.tokenRequest()
        message.properties.replyTo = "mine"
        service.transfer(0, message)
        service.answerToken()
        #expect(service.look().last?.name == "answer 200 on 3")
    }

    @Test("an answer waits for credit, and for the session's window; requests beyond eight are rejected")
    func withoutCredit() {
        var service = TestService()
        service.open()
        service.begin()
        service.attach(0, .sender, "$cbs")
        service.attach(1, .receiver, "$cbs")
        _ = service.look()
        for _ in 0..<4 { service.putToken() }
        for _ in 0..<4 { service.answerToken() }
        for _ in 0..<4 { service.putToken() }
        let before = service.look().map(\.name).filter { $0 != "flow" }
        #expect(before == (0..<8).map { "accepted \($0)" })
        service.putToken()
        #expect(service.look().map(\.name).first == "rejected 8 amqp:resource-limit-exceeded")
        service.grant(1, credit: 2)
        #expect(service.look().map(\.name) == ["answer 200 on 1", "answer 200 on 1"])
        service.grant(1, credit: 2)
        #expect(service.look().isEmpty)
        var flow = AMQPFlow(nextIncomingID: 2, incomingWindow: 1, nextOutgoingID: 0, outgoingWindow: 9)
        flow.handle = 1
        flow.deliveryCount = 2
        flow.linkCredit = 100
        service.send(.flow(flow))
        #expect(service.look().map(\.name) == ["answer 200 on 1"])
    }

    @Test("a renewed token keeps the links; the end of the first has no effect")
    func renewal() {
        var service = TestService.ready(lifetime: .seconds(100))
        service.pass(.seconds(90))
        service.putToken(id: .ulong(1))
        service.answerToken(.accepted(lifetime: .seconds(100)))
        #expect(service.look().map(\.name) == ["accepted 1", "answer 200 on 1"])
        service.pass(.seconds(99))
        service.transfer(2, TestService.message())
        #expect(service.asks().count == 1)
        #expect(service.look().isEmpty)
    }

    @Test("a refused renewal leaves the token that is in use until its end")
    func refusedRenewal() {
        var service = TestService.ready(lifetime: .seconds(100))
        service.putToken()
        service.answerToken(.refused)
        service.pass(.milliseconds(99_999))
        service.transfer(2, TestService.message())
        #expect(service.asks().count == 1)
    }

    @Test(
        "the end of the token detaches the links that needed it, with the next frame or tick",
        arguments: [true, false]
    )
    func end(byTick: Bool) {
        var service = TestService.ready(lifetime: .seconds(100))
        service.pass(.milliseconds(99_999))
        #expect(service.look().isEmpty)
        service.now += .milliseconds(1)
        if byTick { service.pass(.zero) } else { service.transfer(2, TestService.message()) }
        #expect(service.look().map(\.name) == ["detach amqp:unauthorized-access"])
        #expect(service.asks().isEmpty)
        // A new token, and a new link, and all is well.
        service.send(.detach(AMQPDetach(handle: 2, isClosed: true)))
        service.putToken()
        service.answerToken()
        service.attach(2, .sender, TestService.address)
        service.transfer(2, TestService.message())
        #expect(service.asks().count == 1)
    }

    @Test("thirty seconds without a token close the connection, from accept and from the end of the last one")
    func timeouts() {
        var service = TestService()
        service.send(AMQPProtocolHeader.sasl)
        service.pass(.seconds(30))
        #expect(service.closed == nil)
        service.pass(.milliseconds(1))
        #expect(service.asks() == [.close(.authenticationTimeout)])

        service = AMQPTokenTests.beforeToken()
        service.pass(.seconds(30))
        #expect(service.look().isEmpty)
        service.pass(.milliseconds(1))
        #expect(service.look().map(\.name) == ["close amqp:unauthorized-access"])

        service = .ready(lifetime: .seconds(100))
        service.pass(.seconds(100))
        service.pass(.seconds(30))
        #expect(service.look().map(\.name) == ["detach amqp:unauthorized-access"])
        service.pass(.milliseconds(1))
        #expect(service.look().map(\.name) == ["close amqp:unauthorized-access"])
    }

    @Test("sixteen wrong tokens close the connection")
    func guesses() {
        var service = AMQPTokenTests.beforeToken()
        for _ in 0..<15 {
            service.putToken()
            service.answerToken(.refused)
        }
        #expect(service.look().last?.name == "answer 401 on 1")
        service.putToken()
        service.answerToken(.refused)
        #expect(service.look().suffix(2).map(\.name) == ["answer 401 on 1", "close amqp:unauthorized-access"])
    }

    @Test("silence beyond 240 s closes the connection; an empty frame is not silence")
    func silence() {
        var service = TestService.ready(lifetime: .seconds(86_400))
        service.pass(.seconds(240))
        #expect(service.look().isEmpty)
        service.send(ByteBuffer(hex: "00000008 02000000"))
        service.pass(.seconds(240))
        #expect(service.look().isEmpty)
        service.pass(.milliseconds(1))
        #expect(service.look().map(\.name) == ["close amqp:resource-limit-exceeded"])
        service.pass(.milliseconds(5_001))
        #expect(service.asks() == [.close(.idle)])
    }

    @Test("an empty frame is sent when half of the client's idle time-out has passed without another")
    func heartbeats() {
        var service = TestService()
        service.open(idleTimeOut: 20_000)
        _ = service.look()
        service.pass(.milliseconds(9_999))
        #expect(service.look().isEmpty)
        service.pass(.milliseconds(1))
        #expect(service.look() == [.heartbeat])
        service.pass(.milliseconds(9_999))
        service.begin()
        #expect(service.look().map(\.name) == ["begin"])
        service.pass(.milliseconds(9_999))
        #expect(service.look().isEmpty)
    }

    @Test(
        "an idle time-out below four seconds cannot be kept up with",
        arguments: [(4_000, "open"), (3_999, "close amqp:not-allowed"), (0, "open")]
    )
    func shortTimeouts(milliseconds: UInt32, last: String) {
        var service = TestService()
        service.open(idleTimeOut: milliseconds)
        #expect(service.look().last?.name == last)
    }
}
