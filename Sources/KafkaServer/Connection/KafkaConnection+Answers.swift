import CoreMetrics
import KafkaProtocol
import NIOCore

extension KafkaConnection {
    /// Bytes of one write: how far apart two signs of a client that reads may be.
    private static let pieceBytesMax = 256 << 10

    /// The answer to a request is there.
    func answer(_ handle: RequestHandle, _ answer: some KafkaAnswer, closes: KafkaCloseReason? = nil) {
        var frame = self.context?.channel.allocator.buffer(capacity: 128) ?? ByteBuffer()
        answer.writeFrame(to: &frame, correlationID: handle.correlationID, version: handle.version)
        self.complete(handle, KafkaReply(pieces: [frame], closes: closes))
    }

    /// A request is done: its answer leaves, and those behind it that waited for it.
    func complete(_ handle: RequestHandle, _ reply: KafkaReply) {
        self.giveBackWorkBudget(handle)
        guard self.closeReason == nil else {
            return self.endpoint.answerBytes.give(back: reply.reservedBytes)
        }
        for reply in self.order.complete(.init(number: handle.number), with: reply) { self.write(reply) }
        if self.isDraining, self.order.count == 0 {
            self.close(.serverShutdown)
        } else if !self.isProcessing {
            self.process()
        }
    }

    private func write(_ reply: KafkaReply) {
        guard let context, self.closeReason == nil else {
            return self.endpoint.answerBytes.give(back: reply.reservedBytes)
        }
        if !reply.pieces.isEmpty {
            self.isDirty = true
            self.unreadAnswers += 1
            if self.unreadSince == nil { self.unreadSince = .now() }
            let promise = context.eventLoop.makePromise(of: Void.self)
            let budget = self.endpoint.answerBytes
            let started = NIODeadline.now()
            promise.futureResult.assumeIsolated().whenComplete { _ in
                budget.give(back: reply.reservedBytes)
                self.noteSent(after: .now() - started, wasFetch: reply.reservedBytes > 0)
            }
            self.write(reply.pieces, promise: promise, in: context)
        } else {
            self.endpoint.answerBytes.give(back: reply.reservedBytes)
        }
        if let reason = reply.closes { self.close(reason) }
    }

    private func write(_ pieces: [ByteBuffer], promise: EventLoopPromise<Void>, in context: ChannelHandlerContext) {
        for (index, piece) in pieces.enumerated() {
            var piece = piece
            while piece.readableBytes > KafkaConnection.pieceBytesMax,
                let part = piece.readSlice(length: KafkaConnection.pieceBytesMax)
            {
                let progress = context.eventLoop.makePromise(of: Void.self)
                progress.futureResult.assumeIsolated().whenSuccess { self.unreadSince = .now() }
                context.write(self.wrapOutboundOut(part), promise: progress)
            }
            let isLast = index == pieces.count - 1
            context.write(self.wrapOutboundOut(piece), promise: isLast ? promise : nil)
        }
    }

    /// What was answered goes to the socket.
    func flush() {
        guard self.isDirty, let context else { return }
        self.isDirty = false
        context.flush()
    }

    /// An answer is with the kernel, or will never be.
    private func noteSent(after duration: TimeAmount, wasFetch: Bool) {
        self.unreadAnswers -= 1
        self.unreadSince = self.unreadAnswers == 0 ? nil : .now()
        if wasFetch { self.fetchPace.sent(after: duration) }
    }
}
