import CoreMetrics
import Logging
import MQTTCodec
import MQTTProtocol
import NIOCore
import NIOSSL

/// One client's connection: decodes in place, obeys ``ConnectionLifecycle``, stages telemetry, writes answers.
///
/// - Confined to its event loop; state is plain variables.
/// - Reads only while it can process: not while a decision or a save is awaited, the in-flight window is full, the
///   client leaves answers unread, or the topic is backed up. What was read before waits in the decoder, bounded.
/// - Answers gather in ``outgoing`` and are flushed once per read and once per commit notice.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let id: UInt64
    let isTLS: Bool
    let remoteAddress: String
    let loop: IngestLoop

    var endpoint: Endpoint { self.loop.endpoint }

    var lifecycle: ConnectionLifecycle
    var decoder: PacketDecoder
    var window: InflightWindow
    /// From CONNECT to its acceptance.
    var connect: ConnectPacket?
    /// From acceptance to the end.
    var session: Session?
    /// Whether subscriptions are being saved: SUBACK comes first, then the next packet.
    var isSaving = false
    /// ``ConnectionTable/revocations`` when the decision about CONNECT was asked for.
    var revocations: UInt64 = 0
    /// The time of the last read, resumption or tick.
    var now: Duration

    private(set) var context: ChannelHandlerContext?
    private(set) var closeReason: CloseReason?
    private var outgoing = ByteBuffer()
    private var isDirty = false
    private var isReadPending = false
    private var isParked = false
    /// ``process()`` runs: its decoder is taken out.
    private var isProcessing = false
    private var isUnwritable = false
    /// The peer closed: what it sent before is processed, whatever else holds it up.
    private var isInputEnded = false
    private var timer: Scheduled<Void>?
    private var stallTimer: Scheduled<Void>?
    /// What the read at hand has staged.
    private var run = (messages: 0, bytes: 0)

    private static let noDecoder = PacketDecoder(packetSizeMax: 0)
    /// Memory of the answers' buffer that is kept between answers.
    private static let outgoingCapacityKept = 1 << 10

    init(id: UInt64, isTLS: Bool, remoteAddress: String, loop: IngestLoop) {
        self.id = id
        self.isTLS = isTLS
        self.remoteAddress = remoteAddress
        self.loop = loop
        let configuration = loop.endpoint.configuration
        self.now = loop.uptime
        self.lifecycle = ConnectionLifecycle(acceptedAt: loop.uptime, limits: configuration.limits)
        self.decoder = PacketDecoder(packetSizeMax: configuration.connectPacketSizeMax)
        self.window = InflightWindow(
            messagesMax: configuration.inflightMessagesMax,
            bytesMax: configuration.inflightBytesMax
        )
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.loop.add(self)
        if self.loop.isDraining { self.close(.serverShutdown) } else { self.tick() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.close(.connectionLost)
        self.context = nil
        self.loop.remove(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.isInputEnded = true
        self.process()
        self.close(.connectionLost)
        self.loop.remove(self)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.closeReason == nil else { return }
        let bytes = self.unwrapInboundIn(data)
        self.loop.tally.bytes += bytes.readableBytes
        self.now = self.loop.uptime
        self.decoder.append(bytes)
        self.process()
        let configuration = self.endpoint.configuration
        if self.decoder.bufferedBytes > configuration.inputBytesMax + configuration.packetSizeMax {
            self.close(.inputOverflow)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.flush()
        context.fireChannelReadComplete()
    }

    /// NIO wants to read on: passed to the socket only while this connection can process.
    func read(context: ChannelHandlerContext) {
        if self.canProcess || self.closeReason != nil {
            context.read()
        } else {
            self.isReadPending = true
            self.parkIfHeldBack()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.isUnwritable = !context.channel.isWritable
        if self.isUnwritable {
            self.startStallTimer()
        } else {
            self.stallTimer?.cancel()
            self.stallTimer = nil
            self.resume()
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.handshakeFailed = error {
            self.close(.tlsHandshakeFailed)
        } else {
            self.close(.connectionLost)
        }
    }

    // MARK: Packets

    /// Whether the next packet may be decoded.
    private var canProcess: Bool {
        guard self.lifecycle.acceptsPackets, !self.isSaving else { return false }
        if self.isInputEnded { return true }
        return !self.window.isFull && !self.isUnwritable && !self.loop.isDraining && !self.loop.isHeldBack
    }

    /// Asks to be resumed when the topic takes records again.
    private func parkIfHeldBack() {
        guard self.loop.isHeldBack, !self.isParked, self.closeReason == nil else { return }
        self.isParked = true
        self.loop.park(self)
    }

    private func process() {
        guard !self.isProcessing else { return }
        self.isProcessing = true
        defer { self.isProcessing = false }
        // Taken out for the loop: a local variable costs no exclusivity check per packet.
        var decoder = exchange(&self.decoder, with: ConnectionHandler.noDecoder)
        do throws(PacketError) {
            while self.canProcess, let packet = try decoder.next() { self.serve(packet) }
        } catch {
            self.closeOnFault(error)
        }
        if self.closeReason == nil { self.decoder = decoder }
        self.finishRun()
        if self.decoder.bufferedBytes > 0 { self.parkIfHeldBack() }
    }

    private func serve(_ packet: Packet) {
        switch self.lifecycle.received(packet.summary, at: self.now) {
        case .handle: self.dispatch(packet)
        case .authenticate: self.authenticate(packet)
        case .end: self.close(.disconnect)
        case .close(.connectMissing): self.close(.connectMissing)
        case .close(.secondConnect): self.close(.secondConnect)
        case .close(.unexpectedPacket): self.close(.unexpectedPacket)
        }
    }

    private func dispatch(_ packet: Packet) {
        switch packet {
        case .publish(let publish): self.receive(publish)
        case .pingreq: self.send(.pingresp)
        case .subscribe(let subscribe): self.subscribe(subscribe)
        case .unsubscribe(let unsubscribe): self.unsubscribe(unsubscribe)
        case .puback: break  // nothing is in flight to the client; a late one does no harm
        case .pubrec, .pubrel, .pubcomp: self.close(.unexpectedPacket)
        case .connect, .disconnect, .connack, .suback, .unsuback, .pingresp: break  // judged by the lifecycle
        }
    }

    private func closeOnFault(_ error: PacketError) {
        self.endpoint.logger.debug("bad packet", metadata: ["remote": "\(self.remoteAddress)", "error": "\(error)"])
        switch error.code {
        case .packetTooLarge: self.close(.packetTooLarge)
        default: self.close(.malformedPacket)
        }
    }

    /// A publish was staged.
    func noteStaged(bytes: Int) {
        self.window.take(bytes: bytes)
        self.run.messages += 1
        self.run.bytes += bytes
    }

    private func finishRun() {
        // A log that takes nothing closes this connection inside the call, which comes here again.
        let run = exchange(&self.run, with: (0, 0))
        guard run.messages > 0 else { return }
        self.loop.finishRun(of: self, messages: run.messages, bytes: run.bytes)
    }

    /// The topic takes records again.
    func unpark() {
        self.isParked = false
        self.resume()
    }

    /// Goes on where the connection stopped to process and read.
    func resume() {
        guard !self.isProcessing, self.closeReason == nil, self.context != nil else { return }
        self.now = self.loop.uptime
        self.noteIfNotReading()
        self.process()
        self.flush()
        guard self.isReadPending else { return }
        guard self.canProcess else { return self.parkIfHeldBack() }
        self.isReadPending = false
        self.context?.read()
    }

    // MARK: Answers

    /// Adds an answer; ``flush()`` follows at the end of the read.
    func send(_ packet: Packet) {
        guard self.closeReason == nil else { return }
        do throws(PacketError) {
            try packet.encode(into: &self.outgoing)
        } catch {
            preconditionFailure("the server made a packet that cannot be written: \(error)")
        }
    }

    /// Records of these publishes are durable: writes a PUBACK for each identifier. Only ``IngestLoop`` calls it.
    func acknowledge(_ packetIDs: UnsafeBufferPointer<UInt16>, messages: Int, bytes: Int) {
        guard self.closeReason == nil else { return }
        PubackPacket.encode(packetIDs, into: &self.outgoing)
        self.loop.tally.acknowledged += packetIDs.count
        // A window that opens is looked at when the answers are flushed.
        self.window.release(messages: messages, bytes: bytes)
        guard !self.isDirty else { return }
        self.isDirty = true
        self.loop.flushLater(self)
    }

    /// All acknowledgements of a commit are written.
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
        context.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil)
        if bytes.storageCapacity <= ConnectionHandler.outgoingCapacityKept, self.outgoing.readableBytes == 0 {
            bytes.clear()
            self.outgoing = bytes
        }
        guard !context.channel.isWritable else { return }
        let buffered = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        if let buffered, buffered > self.endpoint.configuration.outboundBytesMax { self.close(.slowConsumer) }
    }

    private func startStallTimer() {
        guard self.stallTimer == nil, self.closeReason == nil else { return }
        let timeout = TimeAmount(self.endpoint.configuration.outboundStallTimeout)
        self.stallTimer = self.loop.eventLoop.scheduleTask(in: timeout) { self.close(.slowConsumer) }
    }

    // MARK: Time

    /// Silence counts from here while it is the server that does not read.
    private func noteIfNotReading() {
        if self.isReadPending { self.lifecycle.notReading(at: self.now) }
    }

    /// Asks the lifecycle what is due and comes again when it says.
    func tick() {
        self.now = self.loop.uptime
        self.noteIfNotReading()
        self.timer?.cancel()
        self.timer = nil
        switch self.lifecycle.tick(at: self.now) {
        case .wake(let due):
            let deadline = NIODeadline.uptimeNanoseconds(UInt64(max(0, due.wholeNanoseconds)))
            self.timer = self.loop.eventLoop.scheduleTask(deadline: deadline) { self.tick() }
        case .close(.connect): self.close(.connectTimeout)
        case .close(.authentication):
            self.refuse(.serverUnavailable, reason: "the decision about CONNECT took too long")
        case .close(.keepAlive): self.close(.keepAliveTimeout)
        case .close(.expiry): self.close(.credentialsExpired)
        case .stop: break
        }
    }

    // MARK: The end

    /// Stops taking packets and closes when all that was taken is acknowledged.
    func drain() {
        if self.window.isEmpty || self.session == nil { self.close(.serverShutdown) }
    }

    /// Ends the connection; the first reason counts.
    func close(_ reason: CloseReason) {
        guard self.closeReason == nil else { return }
        _ = self.lifecycle.close()  // nothing is served any more, also when the flush makes the channel writable
        if reason.leavesAReader {
            self.flush()  // may itself find that nobody reads
            guard self.closeReason == nil else { return }
        }
        self.closeReason = reason
        self.finishRun()
        self.timer?.cancel()
        self.stallTimer?.cancel()
        self.timer = nil
        self.stallTimer = nil
        self.outgoing = ByteBuffer()
        self.decoder = ConnectionHandler.noDecoder
        self.connect = nil
        self.endSession(reason)
        self.endpoint.metrics.closed(reason)
        self.context?.close(promise: nil)
    }
}
