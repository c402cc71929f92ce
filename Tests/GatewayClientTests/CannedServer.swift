import NIOCore
import NIOPosix
import Synchronization

/// A TCP server that reads a request's head and says what it was told to say, right or wrong.
final class CannedServer: Sendable {
    let port: Int
    private let channel: any Channel
    private let recorder: Recorder

    /// Listens on a free loopback port.
    ///
    /// - Parameters:
    ///   - answer: the bytes sent after a request's head, as they are.
    ///   - closes: whether the connection ends after them.
    /// - Throws: when there is no port.
    init(answering answer: String, closes: Bool = true) async throws {
        let recorder = Recorder()
        self.channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AnsweringHandler(answer: answer, closes: closes, recorder: recorder)
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.port = self.channel.localAddress?.port ?? 0
        self.recorder = recorder
    }

    /// The heads of all requests, in order.
    var requests: [String] { self.recorder.all }

    func close() async throws {
        try await self.channel.close()
    }
}

private final class Recorder: Sendable {
    private let heads = Mutex<[String]>([])

    var all: [String] { self.heads.withLock { $0 } }

    func append(_ head: String) {
        self.heads.withLock { $0.append(head) }
    }
}

private final class AnsweringHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: String
    private let closes: Bool
    private let recorder: Recorder
    private var text = ""

    init(answer: String, closes: Bool, recorder: Recorder) {
        self.answer = answer
        self.closes = closes
        self.recorder = recorder
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.text += String(buffer: self.unwrapInboundIn(data))
        guard let end = self.text.firstRange(of: "\r\n\r\n") else { return }
        self.recorder.append(String(self.text[..<end.lowerBound]))
        self.text = ""
        let promise = context.eventLoop.makePromise(of: Void.self)
        if self.closes { promise.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: self.answer)), promise: promise)
    }
}
