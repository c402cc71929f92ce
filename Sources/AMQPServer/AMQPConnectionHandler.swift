import AMQPProtocol
import CoreMetrics
import DequeModule
import Logging
import NIOCore
import NIOSSL
import TelemetryModel

/// One client's socket: bytes to the state machine, and its effects carried out.
///
/// - Nothing is read while the machine has too much unsettled, or the client does not read what it is sent.
/// - Messages are sent one after the other, in the order in which they came.
///
/// Confined to its event loop.
final class AMQPConnectionHandler: ChannelInboundHandler, ChannelOutboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let id: UInt64
    private let loop: AMQPLoop
    /// The peer's address, for display.
    private let remoteHost: String
    private let start = NIODeadline.now()
    private var machine: AMQPConnection
    private var context: ChannelHandlerContext?
    /// The policy whose token the client has; `nil` before the first.
    private(set) var principal: String?
    private var waiting: Deque<(AMQPDeliveryID, CloudToDeviceMessage)> = []
    private var isSending = false
    private var isDraining = false
    private var isReadPending = false
    private var isDirty = false
    private var closeReason: AMQPCloseReason?
    /// Since when the client has left so much unread that nothing more is read from it.
    private var unreadSince: NIODeadline?

    init(id: UInt64, remoteHost: String, loop: AMQPLoop) {
        self.id = id
        self.remoteHost = remoteHost
        self.loop = loop
        self.machine = AMQPConnection(
            containerID: loop.endpoint.configuration.containerID,
            limits: loop.endpoint.configuration.limits,
            acceptedAt: .zero
        )
    }

    private var endpoint: AMQPEndpoint { self.loop.endpoint }

    /// Time since accept.
    private var now: Duration { Duration(NIODeadline.now() - self.start) }

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
        self.carryOut(self.machine.received(bytes, at: self.now))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.flush()
        context.fireChannelReadComplete()
    }

    /// NIO wants to read on: passed to the socket only while what is read can be taken.
    func read(context: ChannelHandlerContext) {
        if self.mayRead || self.closeReason != nil {
            context.read()
        } else {
            self.isReadPending = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.unreadSince = context.channel.isWritable ? nil : self.unreadSince ?? .now()
        self.readOn()
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.handshakeFailed = error {
            self.close(.tlsHandshakeFailed)
        } else {
            self.close(.connectionLost)
        }
    }

    private var mayRead: Bool {
        self.closeReason == nil && !self.isDraining && self.machine.mayRead && self.context?.channel.isWritable == true
    }

    private func readOn() {
        guard self.isReadPending, self.mayRead, let context else { return }
        self.isReadPending = false
        context.read()
    }

    // MARK: Effects

    private func carryOut(_ effects: [AMQPEffect]) {
        for effect in effects {
            switch effect {
            case .send(let bytes):
                self.context?.write(self.wrapOutboundOut(bytes), promise: nil)
                self.isDirty = true
            case .verify(let check): self.verify(check)
            case .deliver(let id, let message):
                self.waiting.append((id, message))
                self.sendNext()
            case .close(let reason): self.close(reason)
            }
        }
    }

    private func flush() {
        guard exchange(&self.isDirty, with: false) else { return }
        self.context?.flush()
    }

    private func verify(_ check: AMQPTokenCheck) {
        let promise = self.loop.eventLoop.makePromise(of: TokenDecision.self)
        let host = self.remoteHost
        promise.completeWithTask { [verifier = self.endpoint.verifier] in
            await verifier.verify(token: check.token, for: check.resource, from: host)
        }
        promise.futureResult.assumeIsolated().whenSuccess { self.verified(check, $0) }
    }

    private func verified(_ check: AMQPTokenCheck, _ decision: TokenDecision) {
        guard self.closeReason == nil else { return }
        self.endpoint.metrics.checked(decision)
        var metadata: Logger.Metadata = ["host": "\(self.remoteHost)"]
        switch decision {
        case .accepted(let principal, let expiry):
            metadata["policy"] = "\(principal)"
            self.endpoint.logger.debug("AMQP client authenticated", metadata: metadata)
            self.principal = principal
            self.answer(check, .accepted(lifetime: expiry - self.endpoint.clock()))
        case .refused(let reason):
            metadata["reason"] = "\(reason)"
            self.endpoint.logger.info("AMQP client refused", metadata: metadata)
            let bound = NIOLoopBound(self, eventLoop: self.loop.eventLoop)
            self.loop.eventLoop.scheduleTask(in: TimeAmount(self.endpoint.configuration.refusalDelay)) {
                bound.value.answer(check, .refused)
            }
        case .unavailable(let reason):
            metadata["reason"] = "\(reason)"
            self.endpoint.logger.warning("an AMQP client's token cannot be checked", metadata: metadata)
            self.answer(check, .unavailable)
        }
    }

    private func answer(_ check: AMQPTokenCheck, _ outcome: AMQPTokenOutcome) {
        guard self.closeReason == nil else { return }
        self.carryOut(self.machine.tokenChecked(check, outcome, at: self.now))
        self.flush()
    }

    /// Sends the message whose turn it is, unless one is being sent. What was taken is sent, also when the client is
    /// gone by then: it may have been told nothing, and will send it again.
    private func sendNext() {
        guard !self.isSending, let (id, message) = self.waiting.popFirst() else { return }
        self.isSending = true
        let promise = self.loop.eventLoop.makePromise(of: CloudToDeviceOutcome.self)
        let principal = self.principal ?? ""
        promise.completeWithTask { [sender = self.endpoint.sender] in
            await sender.send(message, from: principal)
        }
        promise.futureResult.assumeIsolated().whenSuccess { self.sent(id, $0) }
    }

    private func sent(_ id: AMQPDeliveryID, _ outcome: CloudToDeviceOutcome) {
        self.isSending = false
        self.endpoint.metrics.done(outcome)
        self.carryOut(self.machine.messageDone(id, outcome, at: self.now))
        self.flush()
        self.sendNext()
        if self.isDraining, !self.isSending { self.shutDown(.serverShutdown) }
        self.readOn()
    }

    // MARK: Time and end

    /// Does what is due; once a second.
    func tick() {
        if let since = self.unreadSince, .now() - since > TimeAmount(self.endpoint.configuration.unreadTimeout) {
            return self.close(.slowConsumer)
        }
        self.carryOut(self.machine.tick(at: self.now))
        self.flush()
    }

    /// Takes no further messages, and ends when those in work are done.
    func drain() {
        self.isDraining = true
        if !self.isSending { self.shutDown(.serverShutdown) }
    }

    /// Ends the connection as AMQP asks for.
    func shutDown(_ reason: AMQPCloseReason) {
        guard self.closeReason == nil else { return }
        // The client's close must be read.
        self.isDraining = false
        self.carryOut(self.machine.shutDown(reason, at: self.now))
        self.flush()
        self.readOn()
    }

    /// Closes the socket; the first reason counts.
    func close(_ reason: AMQPCloseReason) {
        guard self.closeReason == nil else { return }
        self.flush()
        self.closeReason = reason
        self.endpoint.metrics.closed(reason)
        self.context?.close(promise: nil)
    }
}
