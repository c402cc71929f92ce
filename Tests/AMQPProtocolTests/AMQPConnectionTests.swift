import NIOCore
import Testing

@testable import AMQPProtocol

@Suite("The sequence of the contract, iothub-rest §6")
struct AMQPConnectionTests {
    @Test("a service comes in, puts a token, sends, and leaves")
    func sequence() {
        var service = TestService()
        service.send(AMQPProtocolHeader.sasl)
        #expect(service.look() == [.header(.sasl), .sasl(.mechanisms(["MSSBCBS"]))])
        service.send(AMQPSasl.start(mechanism: "MSSBCBS"))
        #expect(service.look() == [.sasl(.outcome(code: 0))])
        service = TestService()
        service.open()
        var open = AMQPOpen(containerID: "hub")
        open.maxFrameSize = 65_536
        open.channelMax = 1
        open.idleTimeOut = 240_000
        #expect(service.look().suffix(2) == [.header(.amqp), .frame(.open(open), channel: 0)])

        service.begin()
        service.attachTokenLinks()
        #expect(service.look().map(\.name) == ["begin", "attach", "flow", "attach"])
        service.putToken()
        #expect(service.look().map(\.name) == ["accepted 0"])
        guard case .verify(let check)? = service.asked.first else {
            Issue.record("the token is not checked")
            return
        }
        #expect(check.resource == "https://hub.example.org")
        #expect(check.token.hasPrefix("SharedAccessSignature sr=hub.example.org&"))
        #expect(!"\(check)".contains("sig") && !String(reflecting: check).contains("sig"))
        service.answerToken()
        #expect(service.look().map(\.name) == ["answer 200 on 1"])

        service.attach(2, .sender, TestService.address)
        #expect(service.look().map(\.name) == ["attach", "flow"])
        service.transfer(2, TestService.message())
        var expected = CloudToDeviceMessage(deviceID: "dev1")
        expected.body = Array("hello c2d".utf8)
        #expect(service.asks() == [.deliver(AMQPDeliveryID(number: 0), expected)])
        #expect(service.look().isEmpty)
        service.done(0, .accepted)
        #expect(
            service.look() == [
                .frame(
                    .disposition(AMQPDisposition(role: .receiver, first: 1, isSettled: true, state: .accepted)),
                    channel: 0
                )
            ]
        )
        service.send(.detach(AMQPDetach(handle: 2, isClosed: true)))
        service.send(.end(nil))
        service.send(.close(nil))
        #expect(service.look().map(\.name) == ["detach", "end", "close"])
        #expect(service.asks() == [.close(.clientClosed)])
        #expect(service.connection.isClosed)
    }

    @Test("attach answers mirror name, handle, source and target, with the other role")
    func mirrored() {
        var service = TestService()
        service.open()
        service.begin()
        _ = service.look()
        service.attach(0, .sender, "$cbs", name: "$cbs-sender")
        service.attach(1, .receiver, "$cbs", name: "$cbs-receiver")
        let attaches = service.look().compactMap { seen -> AMQPAttach? in
            if case .frame(.attach(let attach), _) = seen { attach } else { nil }
        }
        #expect(attaches.map(\.name) == ["$cbs-sender", "$cbs-receiver"])
        #expect(attaches.map(\.handle) == [0, 1])
        #expect(attaches.map(\.role) == [.receiver, .sender])
        #expect(attaches.map(\.source?.address) == ["$cbs", "$cbs"])
        #expect(attaches.map(\.target?.address) == ["$cbs", "$cbs"])
        #expect(attaches.map(\.initialDeliveryCount) == [nil, 0])
    }

    @Test("the same bytes one by one have the same effects")
    func byteByByte() {
        var whole = TestService()
        var bytes = ByteBuffer(bytes: AMQPProtocolHeader.sasl.bytes)
        bytes.writeImmutableBuffer(TestService.frame(.sasl, AMQPSasl.start(mechanism: "MSSBCBS").value))
        bytes.writeBytes(AMQPProtocolHeader.amqp.bytes)
        bytes.writeImmutableBuffer(TestService.frame(.amqp, AMQPPerformative.open(AMQPOpen(containerID: "s")).value))
        let begin = AMQPBegin(remoteChannel: nil, nextOutgoingID: 0, incomingWindow: 9, outgoingWindow: 9)
        bytes.writeImmutableBuffer(TestService.frame(.amqp, AMQPPerformative.begin(begin).value))
        bytes.writeImmutableBuffer(ByteBuffer(hex: "00000008 02000000"))
        whole.send(bytes)
        var cut = TestService()
        while let byte = bytes.readSlice(length: 1) { cut.send(byte) }
        #expect(cut.look() == whole.look())
        #expect(cut.connection.sessions.count == 1)
    }

    @Test(
        "a stream that does not begin with SASL is told so and closed",
        arguments: [
            "414d5150 00010000", "414d5150 02010000", "474554", "16030100", "414d5150 03010001", "414d5150 03000900",
        ]
    )
    func wrongBeginning(hex: String) {
        var service = TestService()
        service.send(ByteBuffer(hex: hex))
        #expect(service.look() == [.header(.sasl)])
        #expect(service.asks() == [.close(.wrongProtocol)])
    }

    @Test("another SASL mechanism is refused", arguments: ["PLAIN", "ANONYMOUS", "EXTERNAL", "mssbcbs", ""])
    func mechanisms(name: String) {
        var service = TestService()
        service.send(AMQPProtocolHeader.sasl)
        service.send(AMQPSasl.start(mechanism: name))
        #expect(service.look().last == .sasl(.outcome(code: 1)))
        #expect(service.asks() == [.close(.mechanismRefused)])
    }

    @Test("an AMQP frame where SASL must be, and SASL where AMQP must be, end the connection")
    func wrongFrames() {
        var service = TestService()
        service.send(AMQPProtocolHeader.sasl)
        service.send(.open(AMQPOpen(containerID: "s")))
        #expect(service.closed == .malformed)
        service = TestService()
        service.open()
        service.send(AMQPSasl.start(mechanism: "MSSBCBS"))
        #expect(service.look().last?.name == "close amqp:connection:framing-error")
        #expect(service.closed == .malformed)
    }

    @Test("frames in the wrong order close the connection with amqp:not-allowed")
    func order() {
        let disposition = AMQPDisposition(role: .sender, first: 0, isSettled: true, state: nil)
        let performatives: [(AMQPPerformative, Bool)] = [
            (.begin(AMQPBegin(remoteChannel: nil, nextOutgoingID: 0, incomingWindow: 1, outgoingWindow: 1)), false),
            (.close(nil), false),
            (.open(AMQPOpen(containerID: "s")), true),
            (.attach(AMQPAttach(name: "n", handle: 0, role: .sender)), true),
            (.transfer(AMQPTransfer(handle: 0)), true),
            (.flow(AMQPFlow(nextIncomingID: 0, incomingWindow: 1, nextOutgoingID: 0, outgoingWindow: 1)), true),
            (.disposition(disposition), true),
            (.detach(AMQPDetach(handle: 0, isClosed: true)), true),
            (.end(nil), true),
            (.begin(AMQPBegin(remoteChannel: 0, nextOutgoingID: 0, incomingWindow: 1, outgoingWindow: 1)), true),
        ]
        for (performative, isOpen) in performatives {
            var service = TestService()
            if isOpen {
                service.open()
                service.send(performative)
            } else {
                service.send(AMQPProtocolHeader.sasl)
                service.send(AMQPSasl.start(mechanism: "MSSBCBS"))
                service.send(AMQPProtocolHeader.amqp)
                service.send(performative)
            }
            #expect(service.look().last?.name == "close amqp:not-allowed", "\(performative)")
            #expect(service.closed == nil)
            service.send(.close(nil))
            #expect(service.asks() == [.close(.notAllowed)], "\(performative)")
        }
    }

    @Test(
        "values that cannot be read close the connection with amqp:decode-error",
        arguments: [
            "0000000c 02000000 00531099", "0000000b 02000000 005324", "0000000c 02000000 00531145",
            "0000000c 02000000 00531045", "00000009 02000000 40", "0000000c 02000000 00531843",
        ]
    )
    func undecodable(hex: String) {
        var service = TestService()
        service.open()
        service.send(ByteBuffer(hex: hex))
        #expect(service.look().last?.name == "close amqp:decode-error")
        #expect(service.closed == .malformed)
    }

    @Test(
        "frames of impossible sizes close the connection",
        arguments: [
            "00000007 02000000", "00010001 02000000", "ffffffff 02000000", "00000008 01000000", "00000008 03000000",
            "00000008 02020000",
        ]
    )
    func frameSizes(hex: String) {
        var service = TestService()
        service.open()
        service.send(ByteBuffer(hex: hex))
        #expect(service.look().last?.name == "close amqp:connection:framing-error")
        #expect(service.closed == .malformed)
    }

    @Test("a frame may have an extended header, which is passed over [2.3.1]")
    func extendedHeader() {
        var service = TestService()
        service.open()
        service.send(ByteBuffer(hex: "00000010 03000000 ffffffff 00531845"))
        #expect(service.closed == .clientClosed)
    }

    @Test(
        "before open a frame has 4,096 bytes at most, then 65,536",
        arguments: [(4_096, nil), (4_097, .malformed)] as [(UInt32, AMQPCloseReason?)]
    )
    func handshakeFrames(size: UInt32, reason: AMQPCloseReason?) {
        var service = TestService()
        service.send(AMQPProtocolHeader.sasl)
        var bytes = ByteBuffer(integer: size)
        bytes.writeBytes([2, 1, 0, 0])
        service.send(bytes)
        #expect(service.closed == reason)
        service = TestService()
        service.open()
        service.send(ByteBuffer(hex: "00010000 02000000"))
        #expect(service.closed == nil)
    }

    @Test(
        "max-frame-size below 512 is refused, 512 taken",
        arguments: [(512, "open"), (511, "close amqp:not-allowed")]
    )
    func maxFrameSize(size: UInt32, last: String) {
        var service = TestService()
        service.open(maxFrameSize: size)
        #expect(service.look().last?.name == last)
    }

    @Test("an answer that does not fit into the client's frames ends the connection")
    func frameTooSmall() {
        var service = TestService()
        service.open(maxFrameSize: 512)
        service.begin()
        service.attach(0, .sender, "$cbs", name: String(repeating: "n", count: 100))
        #expect(service.look().map(\.name).suffix(2) == ["attach", "flow"])
        service.attach(1, .receiver, String(repeating: "x", count: 300), name: String(repeating: "n", count: 200))
        #expect(service.look().last?.name == "close amqp:frame-size-too-small")
        #expect(service.closed == nil)
    }

    @Test(
        "a close of ours waits for the client's for a second",
        arguments: [(1_000, nil), (1_001, .serverShutdown)] as [(Int, AMQPCloseReason?)]
    )
    func closing(milliseconds: Int, reason: AMQPCloseReason?) {
        var service = TestService.ready()
        service.take(service.connection.shutDown(.serverShutdown, at: service.now))
        #expect(service.look().map(\.name) == ["close amqp:connection:forced"])
        service.transfer(2, TestService.message())
        #expect(service.look().isEmpty && service.asks().isEmpty)
        service.pass(.milliseconds(milliseconds))
        #expect(service.closed == reason)
    }

    @Test("a shutdown before open closes without a word to AMQP")
    func earlyShutdown() {
        var service = TestService()
        service.send(AMQPProtocolHeader.sasl)
        service.take(service.connection.shutDown(.serverShutdown, at: service.now))
        #expect(service.asks() == [.close(.serverShutdown)])
    }

    @Test("messages that are done after the end of the connection have no effect")
    func lateDone() {
        var service = TestService.ready()
        service.transfer(2, TestService.message())
        service.send(.close(nil))
        _ = service.look()
        service.done(0, .accepted)
        #expect(service.look().isEmpty)
        #expect(service.connection.messagesUnsettled == 0)
    }
}
