import NIOCore
import NIOHTTPTypes

/// Tells the work for a request that its client has left: the connection is closed, or takes no further request.
///
/// A ``DepartureWatch`` comes as an outbound event; the newest one is told.
final class DepartureHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart

    private var watch: DepartureWatch?
    private var hasLeft = false

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let watch = event as? DepartureWatch else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        self.watch = watch
        if self.hasLeft { watch.leave() }
        promise?.succeed()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { self.leave() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.leave()
        context.fireChannelInactive()
    }

    private func leave() {
        self.hasLeft = true
        self.watch?.leave()
        self.watch = nil
    }
}

extension Channel {
    /// Does work that is of use to this client only: it is cancelled when the client leaves.
    ///
    /// - Parameter work: looks at its task.
    /// - Returns: What the work gives; `nil` when the client has left.
    func whileClientStays<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value? {
        let task = Task { await work() }
        let watch = DepartureWatch { task.cancel() }
        defer { watch.end() }
        // Fails when the connection is gone already.
        self.triggerUserOutboundEvent(watch).whenFailure { _ in watch.leave() }
        let value = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        return watch.hasLeft ? nil : value
    }
}
