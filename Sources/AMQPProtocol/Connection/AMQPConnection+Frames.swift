import NIOCore
import TelemetryModel

/// What comes, in the order of AMQP: headers, SASL, open, then frames of sessions.
extension AMQPConnection {
    /// Takes one header or frame out of what was received; false when there is none.
    mutating func step(at now: Duration) throws(AMQPFault) -> Bool {
        let unit: Unit?
        do throws(AMQPWireError) {
            unit = try self.nextUnit()
        } catch {
            throw AMQPFault(error)
        }
        switch unit {
        case nil: return false
        case .header(let header): self.received(header)
        case .sasl(let sasl): self.received(sasl)
        case .heartbeat: break
        case .performative(let performative, let channel, let payload):
            try self.received(performative, channel: channel, payload: payload, at: now)
        }
        return true
    }

    /// What comes next in the phase.
    private enum Unit {
        case header(AMQPProtocolHeader)
        case sasl(AMQPSasl)
        case heartbeat
        case performative(AMQPPerformative, channel: UInt16, payload: ByteBuffer)
    }

    private mutating func nextUnit() throws(AMQPWireError) -> Unit? {
        switch self.phase {
        case .saslHeader, .amqpHeader: return try self.decoder.nextHeader().map { .header($0) }
        case .saslInit:
            guard let frame = try self.decoder.nextFrame(.sasl) else { return nil }
            return .sasl(try AMQPSasl(frame.body))
        case .open, .running, .closing:
            guard let frame = try self.decoder.nextFrame(.amqp) else { return nil }
            // An empty frame. AMQP 1.0 part 2, §2.4.5.
            guard frame.body.readableBytes > 0 else { return .heartbeat }
            var reader = AMQPReader(frame.body)
            let performative = try AMQPPerformative(&reader)
            return .performative(performative, channel: frame.channel, payload: reader.rest)
        case .closed: return nil
        }
    }

    private mutating func received(_ header: AMQPProtocolHeader) {
        if self.phase == .amqpHeader {
            self.outbox.send(AMQPProtocolHeader.amqp)
            guard header == .amqp else { return self.finish(.wrongProtocol) }
            self.phase = .open
        } else {
            // Without SASL nobody comes in: the header says so. AMQP 1.0 part 5, §5.3.2.
            self.outbox.send(AMQPProtocolHeader.sasl)
            guard header == .sasl else { return self.finish(.wrongProtocol) }
            self.outbox.send(AMQPSasl.mechanisms([AMQPSasl.mechanismByToken]))
            self.phase = .saslInit
        }
    }

    private mutating func received(_ sasl: AMQPSasl) {
        guard case .start(let mechanism) = sasl, mechanism == AMQPSasl.mechanismByToken else {
            self.outbox.send(AMQPSasl.outcome(code: 1))
            return self.finish(.mechanismRefused)
        }
        self.outbox.send(AMQPSasl.outcome(code: 0))
        self.phase = .amqpHeader
    }

    private mutating func received(
        _ performative: AMQPPerformative,
        channel: UInt16,
        payload: ByteBuffer,
        at now: Duration
    ) throws(AMQPFault) {
        switch (self.phase, performative) {
        case (.open, .open(let open)): try self.opened(open)
        case (.open, _): throw self.notAllowed("open must come first")
        case (.running, .open): throw self.notAllowed("open comes once")
        case (.running, .close):
            self.outbox.send(.close(nil), channel: 0)
            self.finish(.clientClosed)
        case (.running, .begin(let begin)): try self.began(begin, channel: channel)
        case (.running, .end): try self.ended(channel)
        case (.running, .attach), (.running, .flow), (.running, .transfer), (.running, .disposition),
            (.running, .detach):
            try self.inSession(performative, channel: channel, payload: payload)
        case (.closing(let reason, _), .close): self.finish(reason)
        case (.closing, _), (.closed, _): break
        case (.saslHeader, _), (.saslInit, _), (.amqpHeader, _): break
        }
    }

    func notAllowed(_ description: String) -> AMQPFault {
        .connection(AMQPError(.notAllowed, description), .notAllowed)
    }

    // MARK: Connection

    /// What we open with.
    var openAnswer: AMQPOpen {
        var open = AMQPOpen(containerID: self.containerID)
        open.maxFrameSize = UInt32(clamping: self.limits.frameBytesMax)
        open.channelMax = UInt16(clamping: self.limits.sessionsMax - 1)
        open.idleTimeOut = UInt32(clamping: self.limits.idleTimeout.wholeMilliseconds)
        return open
    }

    private mutating func opened(_ open: AMQPOpen) throws(AMQPFault) {
        guard open.maxFrameSize >= AMQPOutbox.frameBytesMin else {
            throw self.notAllowed("max-frame-size is \(open.maxFrameSize); AMQP 1.0 asks for 512 at least")
        }
        if let milliseconds = open.idleTimeOut, milliseconds > 0 {
            let timeout = Duration.milliseconds(Int64(milliseconds))
            guard timeout >= self.limits.peerIdleTimeoutMin else {
                throw self.notAllowed(
                    "idle-time-out is \(milliseconds) ms; at least \(self.limits.peerIdleTimeoutMin.wholeMilliseconds) "
                        + "is kept up with"
                )
            }
            self.peerIdleTimeout = timeout
        }
        self.peerChannelMax = open.channelMax
        self.outbox.frameBytesMax = min(Int(clamping: open.maxFrameSize), self.limits.frameBytesMax)
        self.decoder.frameBytesMax = self.limits.frameBytesMax
        self.outbox.send(.open(self.openAnswer), channel: 0)
        self.phase = .running
    }

    // MARK: Sessions

    private mutating func began(_ begin: AMQPBegin, channel: UInt16) throws(AMQPFault) {
        guard begin.remoteChannel == nil else {
            throw self.notAllowed("begin answers a session that the gateway has not begun")
        }
        guard Int(channel) < self.limits.sessionsMax, channel <= self.peerChannelMax else {
            throw self.notAllowed("the channel \(channel); channels are 0 to \(self.limits.sessionsMax - 1)")
        }
        guard self.sessions[channel] == nil else { throw self.notAllowed("the channel \(channel) has a session") }
        let session = AMQPSession(begin, channel: channel, serial: self.nextSerial(), limits: self.limits)
        self.sessions[channel] = session
        self.outbox.send(.begin(session.begin), channel: channel)
    }

    private mutating func ended(_ channel: UInt16) throws(AMQPFault) {
        guard let session = self.sessions.removeValue(forKey: channel) else {
            throw self.notAllowed("the channel \(channel) has no session; begin comes first")
        }
        if !session.isEnding { self.outbox.send(.end(nil), channel: channel) }
    }

    private mutating func nextSerial() -> UInt64 {
        self.serialLast += 1
        return self.serialLast
    }

    private mutating func inSession(
        _ performative: AMQPPerformative,
        channel: UInt16,
        payload: ByteBuffer
    ) throws(AMQPFault) {
        guard let isEnding = self.sessions[channel]?.isEnding else {
            throw self.notAllowed("the channel \(channel) has no session; begin comes first")
        }
        guard !isEnding else { return }
        do throws(AMQPFault) {
            switch performative {
            case .attach(let attach): try self.attached(attach, channel: channel)
            case .flow(let flow): try self.sessions[channel]?.flowed(flow, &self.outbox)
            case .detach(let detach): try self.sessions[channel]?.detached(detach, &self.outbox)
            case .transfer(let transfer):
                if let delivery = try self.sessions[channel]?.transferred(transfer, payload: payload, &self.outbox) {
                    self.delivered(delivery, channel: channel)
                }
            // What we send is settled when it leaves; what the client sends it cannot settle before us.
            case .disposition: break
            case .open, .begin, .end, .close: break
            }
        } catch {
            switch error {
            case .connection: throw error
            case .session(let error): self.sessions[channel]?.end(error, &self.outbox)
            case .link(let handle, let error): self.sessions[channel]?.detach(handle, error, &self.outbox)
            }
        }
    }

    private mutating func attached(_ attach: AMQPAttach, channel: UInt16) throws(AMQPFault) {
        guard attach.name.utf8.count <= AMQPConnection.linkNameBytesMax else {
            throw .session(
                AMQPError(.invalidField, "a link's name has at most \(AMQPConnection.linkNameBytesMax) bytes")
            )
        }
        let kind: Result<AMQPLink.Kind, AMQPError>
        do throws(AMQPError) {
            let asked = try AMQPAddress.kind(attach, isAuthorized: self.isAuthorized)
            let links = self.sessions.values.reduce(0) { sum, session in
                sum + session.links.values.count { $0.kind == .deviceMessages }
            }
            kind =
                asked == .deviceMessages && links >= self.limits.messageLinksMax
                ? .failure(
                    AMQPError(
                        .resourceLimitExceeded,
                        "the connection has \(links) links to /messages/devicebound; use one of them"
                    )
                )
                : .success(asked)
        } catch {
            kind = .failure(error)
        }
        let serial = self.nextSerial()
        try self.sessions[channel]?.attach(attach, kind: kind, serial: serial, &self.outbox)
    }

    /// Bytes of the longest name of a link.
    private static let linkNameBytesMax = 256
}
