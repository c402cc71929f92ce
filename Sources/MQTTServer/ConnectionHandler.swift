import EventLog
import Logging
import MQTTCodec
import MQTTProtocol
import NIOCore
import NIOSSL
import NIOWebSocket

/// One client's connection: decodes in place, obeys ``ConnectionLifecycle``, stages telemetry, hands messages to the
/// broker and writes what the broker has for it.
///
/// - Confined to its event loop; state is plain variables.
/// - Reads only while it can process: not while a decision or a save is awaited, the in-flight window is full, the
///   client leaves answers unread, its rate is used up, or a log is backed up. What was read before waits in the
///   decoder, bounded.
/// - Writes deliveries only while the channel is writable; what waits, waits at the broker, bounded.
/// - Answers gather in ``outgoing`` and are flushed once per read and once per commit notice.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    // What each message looks at stands together: with many connections it comes from far memory.

    let loop: IngestLoop
    var context: ChannelHandlerContext?
    /// What the last telemetry topic led to: most connections publish to one topic only.
    var lastTopic: TelemetryTopic?
    /// Of the session's telemetry records.
    var template: RecordTemplate?
    /// For connections that need nothing between here and the kernel, as long as the channel is active: asking the
    /// channel itself would cost each acknowledgement 4 % of its time.
    var directSocket: DirectSocket?
    /// Of the client's CONNECT.
    var version = MQTTVersion.v311
    var closeReason: CloseReason?
    /// Whether subscriptions are being saved: SUBACK comes first, then the next packet.
    var isSaving = false
    /// Whether a request to the hub is being answered: ``Session/awaited``, where it costs no look at the session.
    var isAwaitingHub = false
    /// Whether the session has a limiter.
    var isLimited = false
    var isDirty = false
    var isReadPending = false
    var isParked = false
    /// ``process()`` runs.
    var isProcessing = false
    var isUnwritable = false
    /// The principal's rate is used up for now.
    var isThrottled = false
    /// The peer closed: what it sent before is processed, whatever else holds it up.
    var isInputEnded = false
    /// ``outgoing`` is written to other clients, too.
    var isOutgoingShared = false
    var outgoing = ByteBuffer()
    /// Writes in the channel's queue: while there are any, nothing passes them.
    var queuedWrites = 0
    var window: InflightWindow
    /// Telemetry that waits until its numbers can be judged: it goes before the next packet.
    var held: HeldPublish?
    /// The time of the last read, resumption or tick.
    var now: Duration
    /// What the read at hand has staged.
    var run = Run()
    var decoder: PacketDecoder
    var lifecycle: ConnectionLifecycle
    /// QoS 1 and 2 publishes of an MQTT 5 client without their last answer. [MQTT-3.3.4-7]
    var unacknowledged = 0
    /// From acceptance to the end.
    var session: Session?

    let id: UInt64
    let transport: Transport
    let isTLS: Bool
    let remoteAddress: String

    var endpoint: Endpoint { self.loop.endpoint }

    /// From CONNECT to its acceptance.
    var connect: ConnectPacket? {
        get { self.handshake?.connect }
        set { self.handshake = newValue.map { Handshake($0) } }
    }
    /// Apart, since it is large and idle connections have none.
    private var handshake: Handshake?
    /// The decision that is awaited: not made for a client that is gone.
    var authentication: Task<Void, Never>?
    /// DER, from the TLS handshake or who adopted the channel; let go of with the decision.
    var clientCertificates: [[UInt8]] = []
    /// From registration to the end.
    var registration: ConnectionEvent?
    /// What a DISCONNECT said, in either direction.
    var disconnectReason: ReasonCode?
    /// What the client said in DISCONNECT of how long its session is kept. [MQTT-3.14.2-2]
    var sessionExpirySeconds: UInt32?
    /// Messages this connection did not get for reasons of its own; the broker counts its share.
    var droppedMessages = 0
    /// Bytes of deliveries written since the channel was writable last.
    var deliveredBytes = 0
    /// Our part of ``Broker/budget``: what waits in the channel.
    var unreadBytes = 0
    var isPumping = false
    /// ``pump()`` comes again when the server may have memory for this client.
    var isPumpScheduled = false
    var timer: Scheduled<Void>?
    var stallTimer: Scheduled<Void>?
    var throttleTimer: Scheduled<Void>?

    /// Publishes since the last hand-over to the loop.
    struct Run {
        var messages = 0
        var bytes = 0
        /// Whether it has answers that are no plain PUBACK.
        var hasAnswers = false
    }

    private final class Handshake {
        let connect: ConnectPacket

        init(_ connect: ConnectPacket) {
            self.connect = connect
        }
    }

    static let noDecoder = PacketDecoder(packetSizeMax: 0)

    init(id: UInt64, transport: Transport, isTLS: Bool, remoteAddress: String, loop: IngestLoop) {
        self.id = id
        self.transport = transport
        self.isTLS = isTLS
        self.remoteAddress = remoteAddress
        self.loop = loop
        let configuration = loop.endpoint.configuration
        self.now = loop.uptime
        self.lifecycle = ConnectionLifecycle(acceptedAt: loop.uptime, limits: configuration.limits)
        self.decoder = PacketDecoder(packetSizeMax: configuration.connectPacketSizeMax, sender: .client)
        self.window = InflightWindow(
            messagesMax: configuration.inflightMessagesMax,
            bytesMax: configuration.inflightBytesMax
        )
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.directSocket = self.transport == .tcp && !self.isTLS ? DirectSocket(context.channel) : nil
        self.loop.add(self)
        if self.loop.isDraining { self.close(.serverShutdown) } else { self.tick() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.directSocket = nil
        self.close(.connectionLost)
        self.context = nil
        self.loop.remove(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.directSocket = nil
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
        guard self.decoder.bufferedBytes > 0 else { return }
        let configuration = self.endpoint.configuration
        if self.decoder.bufferedBytes > configuration.inputBytesMax + configuration.packetSizeMax {
            self.close(.inputOverflow)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // The last handler: nobody behind it asks for the event.
        self.flush()
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
        self.noteWritability(context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.handshakeFailed = error {
            self.close(.tlsHandshakeFailed)
        } else if error is NIOWebSocketError {
            self.close(.webSocketFault)
        } else {
            self.close(.connectionLost)
        }
    }
}
