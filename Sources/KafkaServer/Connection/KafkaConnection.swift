import CoreMetrics
import EventLog
import KafkaProtocol
import NIOCore
import NIOSSL
import TelemetryModel

/// One client: frames in, requests begun in order, answers out in order.
///
/// - Before authentication only ApiVersions and SASL are served, in small frames and for a short time.
/// - Nothing is read while a request waits for its turn, for memory, or for the client to read its answers.
/// - Whatever ends it, what it had taken of the budgets is given back once: at its end, or when the log lets go of it.
///
/// Confined to its event loop.
final class KafkaConnection: ChannelInboundHandler, ChannelOutboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A request that was cut out of the stream and has not begun.
    struct HeldRequest {
        var header: RequestHeader
        var body: ByteBuffer
        /// Bytes taken of the requests' budget for it.
        var budgetBytes: Int
    }

    /// A request in work: what its answer needs.
    struct RequestHandle: Sendable {
        /// Its ticket in ``KafkaConnection/order``.
        var number: UInt64
        var correlationID: Int32
        var version: Int16
    }

    /// Bytes of a frame that waits for no other connection's.
    private static let smallFrameBytesMax = 64 << 10

    let id: UInt64
    let loop: KafkaLoop
    let listener: KafkaListenerInfo
    /// The peer's address, for display.
    let remoteHost: String

    var context: ChannelHandlerContext?
    var authentication: AuthenticationPhase
    var decoder: KafkaFrameDecoder
    var order: AnswerOrder<KafkaReply>
    var held: HeldRequest?
    /// The place in the line for the requests' budget, and what it is for.
    var budgetTurn: (turn: TurnBudget.Turn, bytes: Int)?
    /// Bytes taken for the frame that is being received.
    var frameBudgetBytes = 0
    /// Bytes taken for requests in work, by ticket.
    var workBudgetBytes: [UInt64: Int] = [:]
    var produces: [UInt64: ProduceWork] = [:]
    var fetch = FetchPhase.none
    /// With which partition the next Fetch begins to read.
    var fetchTurn = 0
    /// Bytes of records the next answer may have: less for a client that reads slowly.
    var fetchPace: FetchPace
    /// When it may have the next answer, while it is behind: `nil` for clients that do not pause when they read ahead.
    var readAhead: ReadAheadRate?
    /// A JoinGroup or SyncGroup that is not answered.
    var groupRequest: GroupRequestID?
    var closeReason: KafkaCloseReason?
    var isDraining = false
    var isProcessing = false
    var isReadPending = false
    var isDirty = false
    /// Answers that are not with the kernel, and since when none of them got there.
    var unreadAnswers = 0
    var unreadSince: NIODeadline?
    let acceptedAt: NIODeadline
    var lastRequestAt: NIODeadline
    /// When the first byte of a frame came that is not whole.
    var frameSince: NIODeadline?

    init(id: UInt64, listener: KafkaListenerInfo, remoteHost: String, loop: KafkaLoop) {
        let configuration = loop.endpoint.configuration
        let now = NIODeadline.now()
        self.id = id
        self.listener = listener
        self.remoteHost = remoteHost
        self.loop = loop
        self.authentication = listener.requiresSASL ? .awaitingHandshake : .done(.everything)
        self.decoder = KafkaFrameDecoder(
            frameBytesMax: listener.requiresSASL ? configuration.handshakeBytesMax : configuration.requestBytesMax
        )
        self.order = AnswerOrder(limit: configuration.requestsMax)
        self.fetchPace = FetchPace(limit: configuration.answerBytesMax)
        self.acceptedAt = now
        self.lastRequestAt = now
    }

    var endpoint: KafkaEndpoint { self.loop.endpoint }

    /// What the client may do; `nil` before it has authenticated.
    var access: KafkaAccess? {
        if case .done(let access) = self.authentication { access } else { nil }
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.loop.add(self)
        if self.loop.isDraining { self.close(.serverShutdown) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.close(.connectionLost)
        self.context = nil
        self.loop.remove(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.close(.connectionLost)
        self.loop.remove(self)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.closeReason == nil else { return }
        let bytes = self.unwrapInboundIn(data)
        self.endpoint.metrics.receivedBytes.increment(by: bytes.readableBytes)
        self.decoder.append(bytes)
        self.process()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.flush()
        context.fireChannelReadComplete()
    }

    /// NIO wants to read on: passed to the socket only while what is read can be taken.
    func read(context: ChannelHandlerContext) {
        if self.canProcess || self.closeReason != nil {
            context.read()
        } else {
            self.isReadPending = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { self.process() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.handshakeFailed = error {
            self.close(.tlsHandshakeFailed)
        } else {
            self.close(.connectionLost)
        }
    }

    // MARK: Requests

    /// Whether a further request may be cut out of the stream.
    var canProcess: Bool {
        self.closeReason == nil && !self.isDraining && self.held == nil && self.budgetTurn == nil
            && self.context?.channel.isWritable == true
    }

    /// Begins what may begin, then reads on if more can be taken.
    func process() {
        guard !self.isProcessing else { return }
        self.isProcessing = true
        while self.closeReason == nil, !self.isDraining, self.budgetTurn == nil,
            self.context?.channel.isWritable == true, let request = self.nextRequest()
        {
            guard self.order.mayBegin(isShared: request.header.api == .produce) else {
                self.held = request
                break
            }
            self.begin(request)
        }
        self.isProcessing = false
        self.frameSince = self.decoder.bufferedBytes == 0 ? nil : self.frameSince ?? .now()
        self.flush()
        guard self.isReadPending, self.canProcess, let context else { return }
        self.isReadPending = false
        context.read()
    }

    private func nextRequest() -> HeldRequest? {
        if let held = exchange(&self.held, with: nil) { return held }
        guard self.takesFrameBudget() else { return nil }
        do throws(KafkaWireError) {
            guard var frame = try self.decoder.next() else { return nil }
            self.frameSince = nil
            let header = try RequestHeader(reading: &frame)
            return HeldRequest(
                header: header,
                body: frame,
                budgetBytes: exchange(&self.frameBudgetBytes, with: 0)
            )
        } catch {
            self.fail(error)
            return nil
        }
    }

    /// Bytes that the next frame states, taken of the budget; false when they must be waited for.
    ///
    /// - Not before authentication: those frames are small, and whoever has not authenticated keeps nobody waiting.
    /// - Small frames are counted and do not wait, or heartbeats would stand behind what others produce until their
    ///   members are thrown out; a connection has one of them at most. Produce waits: a connection has many of it.
    private func takesFrameBudget() -> Bool {
        guard self.access != nil, self.frameBudgetBytes == 0, let bytes = self.decoder.statedBytes,
            let key = self.decoder.statedKey,
            (KafkaFrameDecoder.frameBytesMin...self.decoder.frameBytesMax).contains(bytes)
        else { return true }
        if bytes <= KafkaConnection.smallFrameBytesMax, key != APIKey.produce.rawValue {
            self.endpoint.requestBytes.takeMore(bytes)
            self.frameBudgetBytes = bytes
            return true
        }
        let mailbox = self.loop.mailbox
        let id = self.id
        let turn = self.endpoint.requestBytes.take(bytes) {
            mailbox.post(.run(connection: id) { $0.budgetGranted() })
        }
        guard let turn else {
            self.frameBudgetBytes = bytes
            return true
        }
        self.budgetTurn = (turn, bytes)
        return false
    }

    private func budgetGranted() {
        guard let turn = exchange(&self.budgetTurn, with: nil) else { return }
        self.frameBudgetBytes = turn.bytes
        self.frameSince = .now()
        self.process()
    }

    /// Bytes that are no request end the connection. Contract kafka §1.
    func fail(_ error: KafkaWireError) {
        switch error.code {
        case .frameTooLarge: self.close(.requestTooLarge)
        case .frameTooShort, .truncated, .negativeLength, .countOverBytesLeft, .tooManyElements, .malformedString,
            .malformedVarint, .trailingBytes, .unsupportedVersion:
            self.close(.malformedRequest)
        }
    }
}
