import HummingbirdCore
import Logging
import NIOCore

/// Reads the head of a connection's first request and gives the connection away: to the HTTP server, which gets every
/// byte, or as a WebSocket to the MQTT or AMQP server.
///
/// ```
/// TLS? ─► FirstRequestHandler ─┬─ anything else ─► HTTP/1.1 handlers
///                              └─ upgrade ─ 101 ─► WebSocketAccepting.adopt
/// ```
/// Only a first request can be an upgrade; ``WebSocketRoutes`` answers later ones. Holds at most
/// `WebSocketHandshake.headBytesMax` and one read. Confined to its event loop.
final class FirstRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// What became of a connection.
    enum Outcome: Sendable {
        /// The HTTP server has it.
        case http(HTTP1Channel.Value)
        /// It is closed, or somebody else's.
        case gone
    }

    private let channel: APIChannel
    private let certificates: ClientCertificates?
    private let outcome: EventLoopPromise<Outcome>
    private let logger: Logger
    private var isDecided = false
    private var head = ByteBuffer()
    /// Bytes of `head` known to hold no end.
    private var searched = 0
    private var deadline: Scheduled<Void>?

    /// - Parameters:
    ///   - channel: what to make of the connection.
    ///   - certificates: filled by TLS; `nil` without it.
    ///   - outcome: fulfilled exactly once.
    ///   - logger: for the HTTP server.
    init(
        channel: APIChannel,
        certificates: ClientCertificates?,
        outcome: EventLoopPromise<Outcome>,
        logger: Logger
    ) {
        self.channel = channel
        self.certificates = certificates
        self.outcome = outcome
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let timeout = TimeAmount(self.channel.firstRequestTimeout)
        self.deadline = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.deadline?.cancel()
        self.decide(.gone)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.decide(.gone)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        self.head.writeBuffer(&bytes)
        guard !self.isDecided else { return }
        let end = self.headEnd()
        switch WebSocketHandshake(head: self.head.readableBytesView.prefix(end ?? .max), isComplete: end != nil) {
        case .incomplete: break
        case .ordinary: self.handToHTTP(context)
        case .accept(let service, let key): self.upgrade(context, to: service, key: key, headBytes: end ?? 0)
        case .refuse(let status, let sentence): self.refuse(context, status: status, sentence: sentence)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent, ChannelEvent.inputClosed: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)  // a failed handshake, a reset: nothing can be answered
    }

    func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
        if self.head.readableBytes > 0 { context.fireChannelRead(self.wrapInboundOut(self.head)) }
        self.head.clear()
        context.leavePipeline(removalToken: removalToken)
    }

    /// Where the empty line ends that closes the head; lines may end with a bare line feed, as the HTTP server has it.
    private func headEnd() -> Int? {
        let view = self.head.readableBytesView
        var index = view.startIndex + max(0, self.searched - 3)
        self.searched = view.count
        while let feed = view[index...].firstIndex(of: UInt8(ascii: "\n")) {
            index = feed + 1
            let rest = view[index...]
            if rest.first == UInt8(ascii: "\n") { return index + 1 - view.startIndex }
            if rest.starts(with: [UInt8(ascii: "\r"), UInt8(ascii: "\n")]) { return index + 2 - view.startIndex }
        }
        return nil
    }

    private func decide(_ outcome: Outcome) {
        guard !self.isDecided else { return }
        self.isDecided = true
        self.outcome.succeed(outcome)
    }

    private func handToHTTP(_ context: ChannelHandlerContext) {
        self.isDecided = true
        // Done at once: the HTTP server's handlers are in the pipeline when this returns.
        self.channel.http.setup(channel: context.channel, logger: self.logger)
            .map(Outcome.http).cascade(to: self.outcome)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func upgrade(
        _ context: ChannelHandlerContext,
        to service: WebSocketService,
        key: String,
        headBytes: Int
    ) {
        guard let webSockets = self.channel.webSockets else {
            return self.refuse(context, status: 503, sentence: "the gateway takes no WebSockets at the moment")
        }
        let answer = """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Accept: \(WebSocketHandshake.acceptValue(for: key))\r
            Sec-WebSocket-Protocol: \(service.subprotocol)\r
            \r

            """
        context.writeAndFlush(NIOAny(context.channel.allocator.buffer(string: answer)), promise: nil)
        self.head.moveReaderIndex(forwardBy: headBytes)
        do {
            // HTTP listeners let a client close one direction; to MQTT that is the end.
            try context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
        } catch {
            return context.close(promise: nil)
        }
        self.channel.places.handOver(context.channel)
        webSockets.adopt(
            context.channel,
            for: service,
            isTLS: self.certificates != nil,
            remoteAddress: context.channel.remoteAddress.map(\.hostAndPort) ?? "",
            clientCertificates: self.certificates?.chain(of: context.channel) ?? []
        )
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func refuse(_ context: ChannelHandlerContext, status: Int, sentence: String) {
        self.decide(.gone)
        let answer = WebSocketRoutes.refusal(status: status, sentence: sentence)
        let channel = context.channel
        context.writeAndFlush(NIOAny(channel.allocator.buffer(string: answer))).whenComplete { _ in
            channel.close(promise: nil)
        }
    }
}
