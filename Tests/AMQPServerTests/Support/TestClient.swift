import NIOCore
import NIOPosix
import NIOSSL
import ServerTestSupport

@testable import AMQPProtocol

/// A service that speaks AMQP over a socket; used by one task at a time.
final class TestClient: @unchecked Sendable {  // because a test uses each in one task at a time
    private final class Reader: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        /// `nil` at the end of the connection.
        let received = Mailbox<ByteBuffer?>("bytes, or the end")

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.received.push(self.unwrapInboundIn(data))
        }
        func channelInactive(context: ChannelHandlerContext) { self.received.push(nil) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private let channel: any Channel
    private let reader: Reader
    private let isWebSocket: Bool
    private var decoder = AMQPFrameDecoder(frameBytesMax: 1 << 20)
    private var webSocketBytes = ByteBuffer()
    private var deliveryNext: UInt32 = 0

    private init(channel: any Channel, reader: Reader, isWebSocket: Bool) {
        self.channel = channel
        self.reader = reader
        self.isWebSocket = isWebSocket
    }

    /// Connects, with TLS unless it is a WebSocket.
    static func connect(to address: SocketAddress, isWebSocket: Bool = false) async throws -> TestClient {
        let reader = Reader()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if !isWebSocket {
                        let context = try TestTLS.client(.tlsv12)
                        let handler = try NIOSSLClientHandler(context: context, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(reader)
                }
            }
            .connect(to: address).get()
        return TestClient(channel: channel, reader: reader, isWebSocket: isWebSocket)
    }

    func close() async throws { try await self.channel.close() }

    // MARK: Sending

    func send(_ bytes: ByteBuffer) async throws {
        guard self.isWebSocket else { return try await self.channel.writeAndFlush(bytes) }
        // A binary frame, masked with zeros.
        var frame = ByteBuffer(bytes: [0x82, 0x80 | 126])
        frame.writeInteger(UInt16(bytes.readableBytes))
        frame.writeInteger(UInt32(0))
        frame.writeImmutableBuffer(bytes)
        try await self.channel.writeAndFlush(frame)
    }

    func send(_ performative: AMQPPerformative, payload: ByteBuffer = ByteBuffer()) async throws {
        var body = ByteBuffer()
        performative.value.write(to: &body)
        body.writeImmutableBuffer(payload)
        var bytes = ByteBuffer()
        AMQPFrame(channel: 0, body: body).write(.amqp, to: &bytes)
        try await self.send(bytes)
    }

    func transfer(_ handle: UInt32, _ message: AMQPMessage) async throws {
        var payload = ByteBuffer()
        message.write(to: &payload)
        var transfer = AMQPTransfer(handle: handle)
        transfer.deliveryID = self.deliveryNext
        self.deliveryNext += 1
        try await self.send(.transfer(transfer), payload: payload)
    }

    /// Headers, SASL, open, begin, and the links to `$cbs` with credit.
    func open() async throws {
        try await self.send(ByteBuffer(bytes: AMQPProtocolHeader.sasl.bytes))
        _ = try await self.header()
        _ = try await self.frame(.sasl)
        var body = ByteBuffer()
        AMQPSasl.start(mechanism: "MSSBCBS").value.write(to: &body)
        var bytes = ByteBuffer()
        AMQPFrame(channel: 0, body: body).write(.sasl, to: &bytes)
        try await self.send(bytes)
        _ = try await self.frame(.sasl)
        try await self.send(ByteBuffer(bytes: AMQPProtocolHeader.amqp.bytes))
        _ = try await self.header()
        try await self.send(.open(AMQPOpen(containerID: "test")))
        try await self.send(
            .begin(AMQPBegin(remoteChannel: nil, nextOutgoingID: 0, incomingWindow: 1_000, outgoingWindow: 1_000))
        )
        try await self.attach(0, .sender, "$cbs")
        try await self.attach(1, .receiver, "$cbs")
        var flow = AMQPFlow(nextIncomingID: 0, incomingWindow: 1_000, nextOutgoingID: 0, outgoingWindow: 1_000)
        flow.handle = 1
        flow.linkCredit = 100
        try await self.send(.flow(flow))
        for name in ["open", "begin", "attach", "flow", "attach"] { try await self.expect(name) }
    }

    func attach(_ handle: UInt32, _ role: AMQPAttach.Role, _ address: String) async throws {
        var attach = AMQPAttach(name: "link-\(handle)", handle: handle, role: role)
        attach.source = AMQPTerminus(address: address, .source)
        attach.target = AMQPTerminus(address: address, .target)
        if role == .sender { attach.initialDeliveryCount = 0 }
        try await self.send(.attach(attach))
    }

    /// Puts a token; the status of the answer.
    func put(token: String) async throws -> AMQPValue? {
        var message = AMQPMessage()
        message.properties.messageID = .ulong(0)
        message.applicationProperties = [
            ("name", .string("https://hub.example.org")), ("operation", .string("put-token")),
            ("type", .string("servicebus.windows.net:sastoken")),
        ]
        message.body = .value(.string(token))
        try await self.transfer(0, message)
        try await self.expect("accepted")
        guard let frame = try await self.frame(.amqp) else { return nil }
        var reader = AMQPReader(frame.body)
        _ = try reader.value()
        return try AMQPMessage(reading: reader.rest).applicationProperty("status-code")
    }

    /// Opened, with a token, and a link for messages on handle 2.
    func ready() async throws {
        try await self.open()
        _ = try await self.put(token: "right")
        try await self.attach(2, .sender, "/messages/devicebound")
        try await self.expect("attach")
        try await self.expect("flow")
    }

    func message(_ body: String, to device: String = "dev1") async throws {
        var message = AMQPMessage()
        message.properties.to = "/devices/\(device)/messages/devicebound"
        message.body = .data([ByteBuffer(string: body)])
        try await self.transfer(2, message)
    }

    // MARK: Receiving

    struct Unexpected: Error {
        var expected: String
        var found: String
    }

    /// Throws unless the next frame is of this kind: a performative, or a disposition's outcome.
    func expect(_ expected: String) async throws {
        guard let frame = try await self.frame(.amqp) else { throw Unexpected(expected: expected, found: "the end") }
        var reader = AMQPReader(frame.body)
        let performative = try AMQPPerformative(&reader)
        let found =
            switch performative {
            case .open: "open"
            case .begin: "begin"
            case .attach: "attach"
            case .flow: "flow"
            case .transfer: "transfer"
            case .detach: "detach"
            case .end: "end"
            case .close(let error): error.map { "close \($0.condition)" } ?? "close"
            case .disposition(let disposition):
                switch disposition.state {
                case .accepted: "accepted"
                case .rejected(let error): "rejected \(error?.condition ?? "")"
                case .released: "released"
                case .other, nil: "disposition"
                }
            }
        guard found == expected else { throw Unexpected(expected: expected, found: found) }
    }

    /// Throws unless the connection ends without a further frame.
    func expectEnd() async throws {
        if try await self.frame(.amqp) != nil { throw Unexpected(expected: "the end", found: "a frame") }
    }

    private func header() async throws -> AMQPProtocolHeader? {
        while true {
            if let header = try self.decoder.nextHeader() { return header }
            guard try await self.receive() else { return nil }
        }
    }

    private func frame(_ kind: AMQPFrame.Kind) async throws -> AMQPFrame? {
        while true {
            if let frame = try self.decoder.nextFrame(kind) { return frame }
            guard try await self.receive() else { return nil }
        }
    }

    private func receive() async throws -> Bool {
        guard var bytes = try await self.reader.received.next() else { return false }
        guard self.isWebSocket else {
            self.decoder.append(bytes)
            return true
        }
        self.webSocketBytes.writeBuffer(&bytes)
        // Frames of the server have no mask.
        while let short = self.webSocketBytes.getInteger(at: self.webSocketBytes.readerIndex + 1, as: UInt8.self) {
            let start = self.webSocketBytes.readerIndex
            let isLong = short == 126
            guard
                let length = isLong
                    ? self.webSocketBytes.getInteger(at: start + 2, as: UInt16.self).map(Int.init) : Int(short),
                let payload = self.webSocketBytes.getSlice(at: start + (isLong ? 4 : 2), length: length)
            else { break }
            self.webSocketBytes.moveReaderIndex(forwardBy: length + (isLong ? 4 : 2))
            self.decoder.append(payload)
        }
        return true
    }
}
