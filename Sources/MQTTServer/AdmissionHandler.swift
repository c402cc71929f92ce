import CoreMetrics
import NIOCore

/// Stands in for a connection whose turn has not come: nothing is read, nothing else is in the pipeline.
///
/// Confined to its event loop.
final class AdmissionHandler: ChannelInboundHandler, ChannelOutboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    let id: UInt64
    let loop: IngestLoop
    private let build: (ChannelPipeline.SynchronousOperations) throws -> Void
    private var context: ChannelHandlerContext?
    private var isReadPending = false
    /// What was read before this stood in the way: behind an HTTP upgrade there may be something.
    private var early: [NIOAny] = []
    private var isWaiting = true

    /// A stand-in; `build` adds what serves the connection.
    init(
        id: UInt64,
        loop: IngestLoop,
        build: @escaping (ChannelPipeline.SynchronousOperations) throws -> Void
    ) {
        self.id = id
        self.loop = loop
        self.build = build
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.loop.hold(self)
    }

    func read(context: ChannelHandlerContext) {
        self.isReadPending = true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.isWaiting else { return context.fireChannelRead(data) }
        self.early.append(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.leave()
        self.context = nil
    }

    /// Its turn has come.
    func admit() {
        guard self.isWaiting, let context else { return }
        self.isWaiting = false
        let pipeline = context.pipeline.syncOperations
        let channel = context.channel
        do {
            try self.build(pipeline)
        } catch {
            self.loop.endpoint.connections.leave()
            channel.close(promise: nil)
        }
        _ = self.loop.release(self)
        let isReadPending = self.isReadPending
        for data in exchange(&self.early, with: []) { context.fireChannelRead(data) }
        context.fireChannelReadComplete()
        pipeline.removeHandler(self, promise: nil)
        if isReadPending { channel.read() }
    }

    /// Its turn did not come in time.
    func giveUp() {
        guard self.isWaiting else { return }
        self.loop.endpoint.metrics.closed(.admissionTimeout)
        self.close()
    }

    /// It is not let in any more.
    func close() {
        self.context?.close(promise: nil)
    }

    private func leave() {
        guard self.isWaiting else { return }
        self.isWaiting = false
        self.loop.endpoint.admissions.leave(self.id)
        self.loop.endpoint.connections.leave()
        _ = self.loop.release(self)
    }
}
