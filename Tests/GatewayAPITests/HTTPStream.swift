import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A raw connection to the API, for clients that stall, leave or lie: sends bytes, reads only when it is told to.
final class HTTPStream: Sendable {
    private let channel: any Channel
    private let received: ReceivedBytes

    /// Connects and sends `bytes`.
    ///
    /// - Parameters:
    ///   - port: where the API listens.
    ///   - bytes: the first thing said.
    ///   - reads: whether the client takes what comes.
    ///   - tls: the client's end of TLS; `nil` for none.
    /// - Throws: when nobody listens.
    init(port: Int, sending bytes: String, reads: Bool = false, tls: NIOSSLContext? = nil) async throws {
        let received = ReceivedBytes()
        self.received = received
        self.channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                    }
                    try pipeline.addHandler(CollectingHandler(received))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        try await self.send(bytes)
    }

    /// Asks for `target` as the hub's owner; the API closes after its answer.
    convenience init(_ api: APIFixture, _ target: String, reads: Bool = false) async throws {
        let head = [
            "GET \(target) HTTP/1.1", "Host: localhost", "Connection: close",
            "Authorization: \(api.token(policy: "iothubowner"))",
        ]
        try await self.init(port: api.port, sending: head.joined(separator: "\r\n") + "\r\n\r\n", reads: reads)
    }

    /// What has come so far.
    var text: String { self.received.text }

    /// Whether the connection is still there.
    var isOpen: Bool { self.channel.isActive }

    func send(_ text: String) async throws {
        try await self.send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await self.channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Waits for the other side to close, at most ten seconds; `false` when it did not.
    func waitForClose() async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        while self.channel.isActive, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        return !self.channel.isActive
    }

    /// Waits for so many answers, at most ten seconds; `false` when they did not come.
    func waitForAnswers(_ count: Int) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        while self.text.ranges(of: "HTTP/1.1 ").count < count {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(5))
        }
        return true
    }

    /// Waits until what came ends with `end`, at most ten seconds; `false` when it did not.
    func waitForText(endingWith end: String) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        while !self.text.hasSuffix(end) {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(5))
        }
        return true
    }

    /// Leaves without a word.
    func close() {
        self.channel.close(promise: nil)
    }
}

private final class ReceivedBytes: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    var text: String { String(decoding: self.bytes.withLock { $0 }, as: UTF8.self) }

    func append(_ buffer: ByteBuffer) {
        self.bytes.withLock { $0.append(contentsOf: buffer.readableBytesView) }
    }
}

private final class CollectingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let received: ReceivedBytes

    init(_ received: ReceivedBytes) {
        self.received = received
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.received.append(self.unwrapInboundIn(data))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)  // a reset is an end like any other
    }
}
