import NIOCore
import TestSupport
import Testing

@testable import AMQPProtocol

@Suite("Messages in one or many frames, and what becomes of them")
struct AMQPTransferTests {
    @Test("a message in three frames is one message")
    func frames() {
        var service = TestService.ready()
        var payload = ByteBuffer()
        TestService.message(to: "dev1", String(repeating: "x", count: 1_000)).write(to: &payload)
        let first = payload.readSlice(length: 400) ?? ByteBuffer()
        let second = payload.readSlice(length: 400) ?? ByteBuffer()
        service.transfer(2, first, hasMore: true)
        service.transfer(2, second, isFirst: false, hasMore: true)
        #expect(service.asks().isEmpty)
        service.transfer(2, payload, isFirst: false)
        guard case .deliver(_, let message)? = service.asks().first else {
            Issue.record("nothing is delivered")
            return
        }
        #expect(message.body.count == 1_000)
        service.done(0, .accepted)
        #expect(service.look().map(\.name) == ["accepted 1"])
    }

    @Test("frames of messages on two links may be mixed")
    func mixed() {
        var service = TestService.ready()
        service.attach(3, .sender, TestService.address)
        var payload = ByteBuffer()
        TestService.message().write(to: &payload)
        service.transfer(2, payload.getSlice(at: 0, length: 10) ?? ByteBuffer(), hasMore: true)
        service.transfer(3, payload.getSlice(at: 0, length: 10) ?? ByteBuffer(), hasMore: true)
        payload.moveReaderIndex(forwardBy: 10)
        service.transfer(2, payload, isFirst: false)
        service.transfer(3, payload, isFirst: false)
        #expect(service.asks().count == 2)
    }

    @Test("an aborted message is forgotten, and the link goes on")
    func aborted() {
        var service = TestService.ready()
        service.transfer(2, ByteBuffer(repeating: 0, count: 9), hasMore: true)
        service.transfer(2, ByteBuffer(), isFirst: false, isAborted: true)
        service.transfer(2, TestService.message())
        #expect(service.asks().count == 1)
        #expect(service.look().isEmpty)
    }

    @Test("a message that begins within another, or without an id, detaches the link")
    func wrongIDs() {
        var service = TestService.ready()
        service.transfer(2, ByteBuffer(), hasMore: true)
        service.transfer(2, ByteBuffer())
        #expect(service.look().map(\.name) == ["detach amqp:not-allowed"])
        service = .ready()
        service.transfer(2, ByteBuffer(), isFirst: false)
        #expect(service.look().map(\.name) == ["detach amqp:invalid-field"])
        service = .ready()
        service.transfer(1, ByteBuffer())
        #expect(service.look().map(\.name) == ["detach amqp:not-allowed"])
    }

    @Test(
        "an encoded message of 98,304 bytes is looked at, one more is not kept; both are rejected, and the link goes on",
        arguments: [(98_304, "a cloud-to-device message has"), (98_305, "more than 98304 bytes")]
    )
    func encodedSize(count: Int, text: String) {
        var service = TestService.ready()
        var payload = ByteBuffer()
        var message = TestService.message()
        message.body = .none
        message.write(to: &payload)
        message.body = .data([ByteBuffer(repeating: 1, count: count - payload.readableBytes - 8)])
        payload.clear()
        message.write(to: &payload)
        #expect(payload.readableBytes == count)
        service.transfer(2, payload.readSlice(length: 60_000) ?? ByteBuffer(), hasMore: true)
        service.transfer(2, payload, isFirst: false)
        let seen = service.look()
        #expect(seen.map(\.name) == ["rejected 1 amqp:link:message-size-exceeded"])
        guard case .frame(.disposition(let disposition), _)? = seen.first,
            case .rejected(let error)? = disposition.state
        else { return }
        #expect(error?.description?.contains(text) == true)
        service.transfer(2, TestService.message())
        #expect(service.asks().count == 1)
    }

    @Test("a message without end is not kept")
    func endless() {
        var service = TestService.ready()
        service.transfer(2, ByteBuffer(repeating: 0, count: 60_000), hasMore: true)
        for _ in 0..<100 {
            service.transfer(2, ByteBuffer(repeating: 0, count: 60_000), isFirst: false, hasMore: true)
        }
        #expect(service.connection.sessions[0]?.links[2]?.partial?.bytes.readableBytes == 0)
        service.transfer(2, ByteBuffer(), isFirst: false)
        #expect(service.look().map(\.name) == ["rejected 1 amqp:link:message-size-exceeded"])
    }

    @Test("a body of 64 KB in frames of 64 KB is delivered")
    func largest() {
        var service = TestService.ready()
        var payload = ByteBuffer()
        TestService.message(to: "dev1", String(repeating: "x", count: 65_536)).write(to: &payload)
        service.transfer(2, payload.readSlice(length: 65_000) ?? ByteBuffer(), hasMore: true)
        service.transfer(2, payload, isFirst: false)
        #expect(service.asks().count == 1)
    }

    @Test("every outcome has its delivery state")
    func outcomes() {
        let outcomes: [(CloudToDeviceOutcome, String)] = [
            (.accepted, "accepted 1"),
            (.notFound, "rejected 1 amqp:not-found"),
            (.queueFull, "rejected 1 amqp:resource-limit-exceeded"),
            (.refused("the expiry is past"), "rejected 1 amqp:invalid-field"),
            (.unavailable, "released 1"),
        ]
        for (outcome, name) in outcomes {
            var service = TestService.ready()
            service.transfer(2, TestService.message())
            service.done(0, outcome)
            #expect(service.look().map(\.name) == [name])
            // The link stays usable.
            service.transfer(2, TestService.message())
            #expect(service.asks().count == 2)
        }
    }

    @Test("messages that cannot be read or sent are rejected in their turn, and the link stays usable")
    func rejected() {
        var service = TestService.ready()
        service.transfer(2, TestService.message())
        service.transfer(2, ByteBuffer(hex: "0053"))
        service.transfer(2, TestService.message(to: "a b"))
        service.transfer(2, TestService.message())
        #expect(service.asks().count == 2)
        #expect(service.look().isEmpty)
        service.done(0, .accepted)
        #expect(
            service.look().map(\.name)
                == ["accepted 1", "rejected 2 amqp:decode-error", "rejected 3 amqp:not-found"]
        )
        service.done(3, .accepted)
        #expect(service.look().map(\.name) == ["accepted 4"])
    }

    @Test("what becomes of messages is told in their order, however it becomes known")
    func order() {
        var random = SeededGenerator.announced()
        var service = TestService.ready()
        for _ in 0..<40 { service.transfer(2, TestService.message()) }
        for number in Array(0..<40).shuffled(using: &random) { service.done(UInt64(number), .accepted) }
        #expect(service.look().map(\.name).filter { $0 != "flow" } == (1...40).map { "accepted \($0)" })
    }

    @Test("a message that the client has settled is delivered, and nothing is said of it")
    func settled() {
        var service = TestService.ready()
        service.transfer(2, TestService.message(), isSettled: true)
        #expect(service.asks().count == 1)
        service.done(0, .notFound)
        #expect(service.look().isEmpty)
    }

    @Test("nothing is said of a message whose link or session is gone, or was made anew")
    func goneLinks() {
        var service = TestService.ready()
        service.transfer(2, TestService.message())
        service.send(.detach(AMQPDetach(handle: 2, isClosed: true)))
        service.attach(2, .sender, TestService.address)
        _ = service.look()
        service.done(0, .accepted)
        #expect(service.look().isEmpty)
        service.transfer(2, TestService.message())
        service.send(.end(nil))
        service.begin()
        _ = service.look()
        service.done(1, .accepted)
        #expect(service.look().isEmpty)
    }

    @Test("reading pauses when 256 KB are unsettled, and goes on when they are settled")
    func pause() {
        var service = TestService.ready()
        let message = TestService.message(to: "dev1", String(repeating: "x", count: 60_000))
        for number in 0..<5 {
            #expect(service.connection.mayRead, "\(number)")
            service.transfer(2, message)
        }
        #expect(!service.connection.mayRead)
        // Silence is not the client's fault then.
        service.pass(.seconds(300))
        #expect(service.closed == nil)
        service.done(0, .accepted)
        #expect(service.connection.mayRead)
        #expect(service.connection.messagesUnsettled == 4)
    }

    @Test("any change of a valid conversation ends in words of AMQP, with bounded work, never in a trap")
    func fuzz() {
        var random = SeededGenerator.announced()
        var valid: [ByteBuffer] = []
        var payload = ByteBuffer()
        TestService.message().write(to: &payload)
        var token = ByteBuffer()
        TestService.tokenRequest().write(to: &token)
        let begin = AMQPBegin(remoteChannel: nil, nextOutgoingID: 0, incomingWindow: 9, outgoingWindow: 9)
        var attach = AMQPAttach(name: "n", handle: 3, role: .sender)
        attach.target = AMQPTerminus(address: TestService.address, .target)
        for performative in [
            .begin(begin), .attach(attach), .detach(AMQPDetach(handle: 3, isClosed: true)), .end(nil),
            .flow(AMQPFlow(nextIncomingID: 0, incomingWindow: 9, nextOutgoingID: 0, outgoingWindow: 9)),
            .disposition(AMQPDisposition(role: .sender, first: 0, isSettled: true, state: .accepted)),
        ] as [AMQPPerformative] {
            valid.append(TestService.frame(.amqp, performative.value))
        }
        for (handle, content) in [(2, payload), (0, token)] as [(UInt32, ByteBuffer)] {
            for hasMore in [false, true] {
                var transfer = AMQPTransfer(handle: handle)
                transfer.deliveryID = 1
                transfer.hasMore = hasMore
                valid.append(TestService.frame(.amqp, AMQPPerformative.transfer(transfer).value, payload: content))
            }
        }
        for _ in 0..<800 {
            var service = TestService.ready()
            for _ in 0..<8 {
                guard let frame = valid.randomElement(using: &random) else { break }
                var bytes = Array(frame.readableBytesView)
                for _ in 0..<Int.random(in: 0...2, using: &random) {
                    // The size is left as it is more often: what it cuts off is uninteresting.
                    let index = Int.random(in: Int.random(in: 0...8, using: &random)..<bytes.count, using: &random)
                    bytes[index] = .random(in: 0...255, using: &random)
                }
                service.send(ByteBuffer(bytes: bytes))
                while case .verify? = service.asked.first(where: { if case .verify = $0 { true } else { false } }) {
                    service.answerToken(.refused)
                }
                service.pass(.seconds(1))
            }
            #expect(service.asked.count <= 9)
            #expect(service.connection.sessions.count <= 2)
        }
    }
}
