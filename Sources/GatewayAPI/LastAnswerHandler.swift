import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends a connection behind an answer that says `Connection: close`: the client sees the end, and what it still sends
/// is of no use. RFC 9112 §9.6.
final class LastAnswerHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var isLast = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.unwrapOutboundIn(data) {
        case .head(let head) where head.status.kind != .informational:
            self.isLast = head.headerFields[.connection] == "close"
            context.write(data, promise: promise)
        case .head, .body:
            context.write(data, promise: promise)
        case .end:
            guard self.isLast else { return context.write(data, promise: promise) }
            let written = promise ?? context.eventLoop.makePromise(of: Void.self)
            let channel = context.channel
            // The sending side only: closing both would reset what the client has not read yet.
            written.futureResult.whenComplete { _ in channel.close(mode: .output, promise: nil) }
            context.writeAndFlush(data, promise: written)
        }
    }
}
