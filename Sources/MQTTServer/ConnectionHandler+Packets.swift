import Logging
import MQTTCodec
import MQTTProtocol
import NIOCore

extension ConnectionHandler {
    /// Whether the next packet may be decoded.
    var canProcess: Bool {
        guard self.lifecycle.acceptsPackets, !self.isSaving, self.held == nil, !self.isAwaitingHub else { return false }
        if self.isInputEnded { return true }
        return !self.window.isFull && !self.isUnwritable && !self.isThrottled && !self.loop.isDraining
            && !self.loop.isHeldBack
    }

    /// Asks to be resumed when the logs take records again.
    func parkIfHeldBack() {
        guard self.loop.isHeldBack, !self.isParked, self.closeReason == nil else { return }
        self.isParked = true
        self.loop.park(self)
    }

    func process() {
        guard !self.isProcessing else { return }
        self.isProcessing = true
        defer { self.isProcessing = false }
        do throws(PacketError) {
            while self.canProcess, let packet = try self.decoder.next() { self.serve(packet) }
        } catch {
            self.closeOnFault(error)
        }
        self.finishRun()
        if self.decoder.bufferedBytes > 0 { self.parkIfHeldBack() }
    }

    private func serve(_ packet: Packet) {
        switch self.lifecycle.received(packet.summary, at: self.now) {
        case .handle: self.dispatch(packet)
        case .authenticate: self.authenticate(packet)
        case .end: self.end(packet)
        case .close(.connectMissing): self.close(.connectMissing)
        case .close(.secondConnect): self.close(.secondConnect)
        case .close(.unexpectedPacket): self.close(.unexpectedPacket)
        }
    }

    private func dispatch(_ packet: Packet) {
        switch packet {
        case .publish(let publish): self.receive(publish)
        case .pingreq: self.send(.pingresp)
        case .puback(let answer): self.acknowledged(answer)
        case .pubrec(let answer): self.received(answer)
        case .pubrel(let answer): self.release(answer)
        case .pubcomp(let answer): self.completed(answer)
        case .subscribe(let subscribe): self.subscribe(subscribe)
        case .unsubscribe(let unsubscribe): self.unsubscribe(unsubscribe)
        case .connect, .disconnect, .connack, .suback, .unsuback, .pingresp, .auth: break  // judged by the lifecycle
        }
    }

    private func closeOnFault(_ error: PacketError) {
        self.endpoint.logger.debug("bad packet", metadata: ["remote": "\(self.remoteAddress)", "error": "\(error)"])
        switch error.reasonCode {
        case .packetTooLarge: self.close(.packetTooLarge)
        case .protocolError: self.close(.protocolError)
        case .topicAliasInvalid: self.close(.topicAliasInvalid)
        default: self.close(.malformedPacket)
        }
    }

    /// A publish was staged, or an answer that takes its turn.
    func noteStaged(bytes: Int) {
        self.window.take(bytes: bytes)
        self.run.messages += 1
        self.run.bytes += bytes
    }

    /// Hands what was staged since the last time to the loop.
    func finishRun() {
        // A log that takes nothing closes this connection inside the call, which comes here again.
        let run = exchange(&self.run, with: Run())
        guard run.messages > 0 else { return }
        self.loop.finishRun(of: self, messages: run.messages, bytes: run.bytes)
        if self.isLimited, let limiter = self.session?.limiter {
            self.throttle(limiter.take(messages: run.messages, bytes: run.bytes, at: self.now))
        }
    }

    /// Reads later: what is sent too fast waits at the client.
    private func throttle(_ wait: Duration) {
        guard wait > .zero, self.closeReason == nil else { return }
        self.isThrottled = true
        self.throttleTimer?.cancel()
        self.throttleTimer = self.loop.eventLoop.scheduleTask(in: TimeAmount(wait)) {
            self.isThrottled = false
            self.throttleTimer = nil
            self.resume()
        }
    }

    /// The logs take records again.
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
}
