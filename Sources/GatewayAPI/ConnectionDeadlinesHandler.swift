import NIOCore
import NIOHTTPTypes

/// Closes a connection whose request does not arrive or whose answer is not taken; see ``ConnectionDeadlines``.
final class ConnectionDeadlinesHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var deadlines: ConnectionDeadlines
    private var timer: (at: Duration, scheduled: Scheduled<Void>)?

    init(_ deadlines: ConnectionDeadlines) {
        self.deadlines = deadlines
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.timer?.scheduled.cancel()
        self.timer = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head: self.deadlines.requestBegan(at: context.eventLoop.uptime)
        case .body: break
        case .end: self.deadlines.requestEnded()
        }
        self.schedule(context)
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.unwrapOutboundIn(data) {
        case .head, .body: break
        case .end: self.deadlines.answerEnded(at: context.eventLoop.uptime)
        }
        self.schedule(context)
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.deadlines.writabilityChanged(to: context.channel.isWritable, at: context.eventLoop.uptime)
        self.schedule(context)
        context.fireChannelWritabilityChanged()
    }

    /// Keeps one timer, for the next deadline or an earlier time.
    private func schedule(_ context: ChannelHandlerContext) {
        guard let next = self.deadlines.next else { return }  // a timer that finds nothing to do is harmless
        if let timer = self.timer {
            guard next < timer.at else { return }
            timer.scheduled.cancel()
        }
        let delay = max(.zero, next - context.eventLoop.uptime)
        let scheduled = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) {
            self.timer = nil
            if self.deadlines.isOver(at: context.eventLoop.uptime) {
                context.close(promise: nil)
            } else {
                self.schedule(context)
            }
        }
        self.timer = (next, scheduled)
    }
}

extension EventLoop {
    /// The loop's monotonic clock.
    fileprivate var uptime: Duration {
        .nanoseconds(Int64(clamping: self.now.uptimeNanoseconds))
    }
}
