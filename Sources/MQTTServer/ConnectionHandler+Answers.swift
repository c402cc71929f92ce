import CoreMetrics
import MQTTCodec
import MQTTProtocol
import NIOCore
import Synchronization

extension ConnectionHandler {
    /// Memory of the answers' buffer that is kept between answers.
    private static let outgoingCapacityKept = 1 << 10
    /// PUBACKs that are written on the stack.
    private static let directAnswersMax = 64

    /// Adds an answer; ``flush()`` follows at the end of the read.
    func send(_ packet: Packet) {
        guard self.closeReason == nil else { return }
        let start = self.outgoing.writerIndex
        do throws(PacketError) {
            try packet.encode(into: &self.outgoing, version: self.version)
        } catch {
            preconditionFailure("the server made a packet that cannot be written: \(error)")
        }
        self.isOutgoingShared = false
        if let session, self.outgoing.writerIndex - start > session.peer.packetSizeMax {
            self.outgoing.moveWriterIndex(to: start)  // [MQTT-3.1.2-24]
        }
    }

    /// Records of these publishes are durable: writes a PUBACK for each identifier. Only ``IngestLoop`` calls it.
    func acknowledge(_ packetIDs: UnsafeBufferPointer<UInt16>, messages: Int, bytes: Int) {
        guard self.closeReason == nil else { return }
        self.loop.tally.acknowledged += packetIDs.count
        if self.version == .v5 { self.unacknowledged -= packetIDs.count }
        self.window.release(messages: messages, bytes: bytes)
        var sentBytes = 0
        if self.window.isEmpty, self.outgoing.readableBytes == 0, self.queuedWrites == 0,
            packetIDs.count <= ConnectionHandler.directAnswersMax, let socket = self.directSocket
        {
            // All that the connection waits for: nothing comes behind it that could leave in the same packet.
            sentBytes = socket.sendPubacks(packetIDs)
            if sentBytes == packetIDs.count * PubackPacket.successSize { return self.acknowledgementsLeft() }
        }
        PubackPacket.encode(packetIDs, into: &self.outgoing)
        self.outgoing.moveReaderIndex(forwardBy: sentBytes)
        self.isOutgoingShared = false
        self.flushLater()
    }

    /// All is sent: the connection has another look only when something waits for it.
    private func acknowledgementsLeft() {
        guard self.loop.isDraining || self.isReadPending || self.decoder.bufferedBytes > 0 else { return }
        self.flushLater()
    }

    /// The same for publishes that were brokered, ingested or refused.
    func answer(_ answers: ArraySlice<PackedAnswer>, messages: Int, bytes: Int) {
        guard self.closeReason == nil else { return }
        for answer in answers {
            switch answer.kind {
            case .puback:
                self.unacknowledged -= 1
                self.send(.puback(PubackPacket(packetID: answer.packetID, reason: answer.reason)))
            case .pubrec:
                if answer.reason.isError {
                    self.unacknowledged -= 1
                    if answer.publishIndex >= 0 { self.session?.attachment.refused(answer.packetID) }
                }
                self.send(.pubrec(PubrecPacket(packetID: answer.packetID, reason: answer.reason)))
            }
        }
        self.loop.tally.acknowledged += answers.count
        self.released(messages: messages, bytes: bytes)
    }

    private func released(messages: Int, bytes: Int) {
        // A window that opens is looked at when the answers are flushed.
        self.window.release(messages: messages, bytes: bytes)
        self.flushLater()
    }

    /// Flushes at the end of what the loop is doing.
    func flushLater() {
        guard !self.isDirty else { return }
        self.isDirty = true
        self.loop.flushLater(self)
    }

    /// All acknowledgements and deliveries of a commit are written.
    func flushAcknowledgements() {
        self.isDirty = false
        self.flush()
        if self.loop.isDraining {
            self.drain()
        } else if self.isReadPending || self.decoder.bufferedBytes > 0 {
            self.resume()
        }
    }

    func flush() {
        guard self.outgoing.readableBytes > 0, let context, self.closeReason == nil else { return }
        // Taken out first: NIO tells inside the write that the channel is writable again, and that leads here again.
        var bytes = exchange(&self.outgoing, with: ByteBuffer())
        let isShared = exchange(&self.isOutgoingShared, with: false)
        if self.queuedWrites == 0, let socket = self.directSocket {
            bytes.moveReaderIndex(forwardBy: socket.send(bytes))
        }
        let isSent = bytes.readableBytes == 0
        if !isSent { self.write(bytes, context) }
        if !isShared, bytes.storageCapacity <= ConnectionHandler.outgoingCapacityKept,
            self.outgoing.readableBytes == 0
        {
            bytes.clear()
            self.outgoing = bytes
        }
        guard !isSent, !context.channel.isWritable, self.closeReason == nil else { return }
        let buffered = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        self.noteUnread(buffered)
        // Deliveries were written while there was room; answers must not pile up behind them.
        if buffered > self.endpoint.configuration.outboundBytesMax + self.deliveredBytes { self.close(.slowConsumer) }
    }

    /// Puts bytes into the channel's queue; with a ``DirectSocket`` it is counted, since later ones must not pass it.
    private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard self.directSocket != nil else {
            context.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil)
            return
        }
        self.queuedWrites += 1
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in self.queuedWrites -= 1 }
        context.writeAndFlush(self.wrapOutboundOut(bytes), promise: promise)
    }

    /// The channel takes more, or does not.
    func noteWritability(_ isWritable: Bool) {
        self.isUnwritable = !isWritable
        self.session?.attachment.isWritable = isWritable
        if isWritable {
            self.stallTimer?.cancel()
            self.stallTimer = nil
            self.deliveredBytes = 0
            self.noteUnread(0)
            self.pump()
            self.resume()
        } else {
            self.startStallTimer()
        }
    }

    /// Keeps the server's sum of what clients leave unread.
    func noteUnread(_ bytes: Int) {
        guard bytes != self.unreadBytes else { return }
        self.endpoint.broker.budget.add(bytes - self.unreadBytes)
        self.unreadBytes = bytes
    }

    private func startStallTimer() {
        guard self.stallTimer == nil, self.closeReason == nil else { return }
        let timeout = TimeAmount(self.endpoint.configuration.outboundStallTimeout)
        self.stallTimer = self.loop.eventLoop.scheduleTask(in: timeout) { self.close(.slowConsumer) }
    }
}
