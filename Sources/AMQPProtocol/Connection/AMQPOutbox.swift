import NIOCore

/// Collects what is to be done; bytes that follow each other are sent together.
struct AMQPOutbox: Sendable {
    private var effects: [AMQPEffect] = []
    /// Bytes of the largest frame that the client takes.
    var frameBytesMax = AMQPOutbox.frameBytesMin
    private var isFrameTooSmall = false

    /// What every peer must take. AMQP 1.0 part 2, §2.8.19.
    static let frameBytesMin = 512

    mutating func append(_ effect: AMQPEffect) {
        guard case .send(let bytes) = effect, case .send(var sent)? = self.effects.last else {
            return self.effects.append(effect)
        }
        self.effects.removeLast()
        sent.writeImmutableBuffer(bytes)
        self.effects.append(.send(sent))
    }

    mutating func send(_ header: AMQPProtocolHeader) {
        self.append(.send(ByteBuffer(bytes: header.bytes)))
    }

    mutating func send(_ sasl: AMQPSasl) {
        self.send(.sasl, channel: 0, sasl.value, payload: ByteBuffer())
    }

    mutating func send(_ performative: AMQPPerformative, channel: UInt16, payload: ByteBuffer = ByteBuffer()) {
        self.send(.amqp, channel: channel, performative.value, payload: payload)
    }

    mutating func sendHeartbeat() {
        var bytes = ByteBuffer()
        AMQPFrame(channel: 0, body: ByteBuffer()).write(.amqp, to: &bytes)
        self.append(.send(bytes))
    }

    private mutating func send(_ kind: AMQPFrame.Kind, channel: UInt16, _ value: AMQPValue, payload: ByteBuffer) {
        var body = ByteBuffer()
        value.write(to: &body)
        body.writeImmutableBuffer(payload)
        guard AMQPFrame.headerBytes + body.readableBytes <= self.frameBytesMax else {
            self.isFrameTooSmall = true
            return
        }
        var bytes = ByteBuffer()
        AMQPFrame(channel: channel, body: body).write(kind, to: &bytes)
        self.append(.send(bytes))
    }

    /// Whether a frame was to be sent, since this was last asked, that is larger than the client takes, and was not.
    mutating func takeFrameTooSmall() -> Bool {
        exchange(&self.isFrameTooSmall, with: false)
    }

    /// All effects; none is left.
    mutating func takeAll() -> [AMQPEffect] {
        exchange(&self.effects, with: [])
    }
}
