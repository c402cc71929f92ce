import NIOCore

@testable import AMQPProtocol

/// A service's end of a connection: says what a test wants said, and reads what comes back.
struct TestService {
    /// What the gateway sent.
    enum Seen: Equatable {
        case header(AMQPProtocolHeader)
        case sasl(AMQPSasl)
        case frame(AMQPPerformative, channel: UInt16)
        case answer(AMQPMessage, handle: UInt32)
        case heartbeat
    }

    static let name = "hub.example.org"
    static let address = "amqps://hub.example.org/messages/devicebound"

    var connection: AMQPConnection
    var now = Duration.seconds(1_000)
    /// What is not yet looked at, in order.
    var seen: [Seen] = []
    /// Effects other than sends, in order.
    var asked: [AMQPEffect] = []
    private var decoder = AMQPFrameDecoder(frameBytesMax: .max)
    private var isSasl = true
    private var awaitsHeader = true
    private(set) var transferNext: UInt32 = 0

    init(_ limits: AMQPLimits = AMQPLimits()) {
        self.connection = AMQPConnection(containerID: "hub", limits: limits, acceptedAt: self.now)
    }

    // MARK: What the service does

    mutating func send(_ bytes: ByteBuffer) {
        self.take(self.connection.received(bytes, at: self.now))
    }

    mutating func send(_ header: AMQPProtocolHeader) {
        self.send(ByteBuffer(bytes: header.bytes))
    }

    mutating func send(_ sasl: AMQPSasl) {
        self.send(TestService.frame(.sasl, sasl.value))
    }

    mutating func send(_ performative: AMQPPerformative, channel: UInt16 = 0, payload: ByteBuffer = ByteBuffer()) {
        self.send(TestService.frame(.amqp, performative.value, channel: channel, payload: payload))
    }

    static func frame(
        _ kind: AMQPFrame.Kind,
        _ value: AMQPValue,
        channel: UInt16 = 0,
        payload: ByteBuffer = ByteBuffer()
    ) -> ByteBuffer {
        var body = ByteBuffer()
        value.write(to: &body)
        body.writeImmutableBuffer(payload)
        var bytes = ByteBuffer()
        AMQPFrame(channel: channel, body: body).write(kind, to: &bytes)
        return bytes
    }

    /// Headers, SASL, open.
    mutating func open(maxFrameSize: UInt32 = 65_536, idleTimeOut: UInt32? = nil) {
        self.send(AMQPProtocolHeader.sasl)
        self.send(AMQPSasl.start(mechanism: "MSSBCBS"))
        self.send(AMQPProtocolHeader.amqp)
        var open = AMQPOpen(containerID: "service")
        open.hostname = TestService.name
        open.maxFrameSize = maxFrameSize
        open.idleTimeOut = idleTimeOut
        self.send(.open(open))
    }

    mutating func begin(channel: UInt16 = 0) {
        self.send(
            .begin(AMQPBegin(remoteChannel: nil, nextOutgoingID: 0, incomingWindow: 65_536, outgoingWindow: 65_536)),
            channel: channel
        )
    }

    mutating func attach(_ handle: UInt32, _ role: AMQPAttach.Role, _ address: String, name: String? = nil) {
        var attach = AMQPAttach(name: name ?? "link-\(handle)", handle: handle, role: role)
        attach.source = AMQPTerminus(address: address, .source)
        attach.target = AMQPTerminus(address: address, .target)
        if role == .sender { attach.initialDeliveryCount = 0 }
        self.send(.attach(attach))
    }

    mutating func grant(_ handle: UInt32, credit: UInt32) {
        var flow = AMQPFlow(nextIncomingID: 0, incomingWindow: 65_536, nextOutgoingID: 0, outgoingWindow: 65_536)
        flow.handle = handle
        flow.deliveryCount = 0
        flow.linkCredit = credit
        self.send(.flow(flow))
    }

    /// A whole message in one frame.
    mutating func transfer(_ handle: UInt32, _ message: AMQPMessage, isSettled: Bool = false) {
        var payload = ByteBuffer()
        message.write(to: &payload)
        self.transfer(handle, payload, isSettled: isSettled)
    }

    /// One frame of a message.
    mutating func transfer(
        _ handle: UInt32,
        _ payload: ByteBuffer,
        isFirst: Bool = true,
        hasMore: Bool = false,
        isSettled: Bool = false,
        isAborted: Bool = false
    ) {
        var transfer = AMQPTransfer(handle: handle)
        if isFirst {
            transfer.deliveryID = self.transferNext
            transfer.deliveryTag = ByteBuffer(integer: self.transferNext)
            self.transferNext &+= 1
        }
        transfer.isSettled = isSettled
        transfer.hasMore = hasMore
        transfer.isAborted = isAborted
        self.send(.transfer(transfer), payload: payload)
    }

    /// Links to `$cbs` on handles 0 and 1, with credit for answers.
    mutating func attachTokenLinks() {
        self.attach(0, .sender, "$cbs", name: "$cbs-sender")
        self.attach(1, .receiver, "$cbs", name: "$cbs-receiver")
        self.grant(1, credit: 10_000)
    }

    mutating func putToken(id: AMQPValue = .ulong(0)) {
        self.transfer(0, TestService.tokenRequest(id: id))
    }

    static func tokenRequest(id: AMQPValue = .ulong(0)) -> AMQPMessage {
        var message = AMQPMessage()
        message.properties.messageID = id
        message.applicationProperties = [
            ("name", .string("https://hub.example.org")), ("operation", .string("put-token")),
            ("type", .string("servicebus.windows.net:sastoken")),
        ]
        message.body = .value(.string("SharedAccessSignature sr=hub.example.org&sig=x&se=1&skn=service"))
        return message
    }

    /// The token that is to be checked, answered.
    mutating func answerToken(_ outcome: AMQPTokenOutcome = .accepted(lifetime: .seconds(3_600))) {
        guard let index = self.asked.firstIndex(where: { if case .verify = $0 { true } else { false } }),
            case .verify(let check) = self.asked.remove(at: index)
        else { return }
        self.take(self.connection.tokenChecked(check, outcome, at: self.now))
    }

    /// A service that may send messages on handle 2; what was seen on the way is forgotten.
    static func ready(_ limits: AMQPLimits = AMQPLimits(), lifetime: Duration = .seconds(3_600)) -> TestService {
        var service = TestService(limits)
        service.open()
        service.begin()
        service.attachTokenLinks()
        service.putToken()
        service.answerToken(.accepted(lifetime: lifetime))
        service.attach(2, .sender, TestService.address)
        service.seen = []
        service.asked = []
        return service
    }

    static func message(to device: String = "dev1", _ body: String = "hello c2d") -> AMQPMessage {
        var message = AMQPMessage()
        message.properties.to = "/devices/\(device)/messages/devicebound"
        message.body = .data([ByteBuffer(string: body)])
        return message
    }

    mutating func done(_ number: UInt64, _ outcome: CloudToDeviceOutcome) {
        self.take(self.connection.messageDone(AMQPDeliveryID(number: number), outcome, at: self.now))
    }

    mutating func pass(_ time: Duration) {
        self.now += time
        self.take(self.connection.tick(at: self.now))
    }

    // MARK: What it sees

    /// All that was seen since it was last looked at.
    mutating func look() -> [Seen] { exchange(&self.seen, with: []) }

    /// All that was asked for since it was last looked at.
    mutating func asks() -> [AMQPEffect] { exchange(&self.asked, with: []) }

    var closed: AMQPCloseReason? {
        if case .close(let reason)? = self.asked.last { reason } else { nil }
    }

    mutating func take(_ effects: [AMQPEffect]) {
        for effect in effects {
            guard case .send(let bytes) = effect else {
                self.asked.append(effect)
                continue
            }
            self.decoder.append(bytes)
            self.read()
        }
    }

    private mutating func read() {
        do {
            while true {
                if self.awaitsHeader {
                    guard let header = try self.decoder.nextHeader() else { return }
                    self.awaitsHeader = false
                    self.isSasl = header == .sasl
                    self.seen.append(.header(header))
                } else if self.isSasl {
                    guard let frame = try self.decoder.nextFrame(.sasl) else { return }
                    let sasl = try AMQPSasl(frame.body)
                    if case .outcome = sasl { self.awaitsHeader = true }
                    self.seen.append(.sasl(sasl))
                } else {
                    guard let frame = try self.decoder.nextFrame(.amqp) else { return }
                    guard frame.body.readableBytes > 0 else {
                        self.seen.append(.heartbeat)
                        continue
                    }
                    var reader = AMQPReader(frame.body)
                    let performative = try AMQPPerformative(&reader)
                    if case .transfer(let transfer) = performative {
                        self.seen.append(.answer(try AMQPMessage(reading: reader.rest), handle: transfer.handle))
                    } else {
                        self.seen.append(.frame(performative, channel: frame.channel))
                    }
                }
            }
        } catch {
            preconditionFailure("the gateway sent what cannot be read: \(error)")
        }
    }
}

extension TestService.Seen {
    /// The condition of an error in a close, an end, a detach or a rejection.
    var condition: String? {
        guard case .frame(let performative, _) = self else { return nil }
        switch performative {
        case .close(let error), .end(let error): return error?.condition
        case .detach(let detach): return detach.error?.condition
        case .disposition(let disposition):
            if case .rejected(let error)? = disposition.state { return error?.condition }
            return nil
        case .open, .begin, .attach, .flow, .transfer: return nil
        }
    }

    /// The frame's name, for short comparisons.
    var name: String {
        switch self {
        case .header(let header): return "header \(header)"
        case .sasl(.mechanisms(let names)): return "mechanisms \(names.joined(separator: " "))"
        case .sasl(.start): return "init"
        case .sasl(.outcome(let code)): return "outcome \(code)"
        case .answer(let message, let handle):
            guard case .int(let status)? = message.applicationProperty("status-code") else { return "answer" }
            return "answer \(status) on \(handle)"
        case .heartbeat: return "heartbeat"
        case .frame(let performative, _):
            switch performative {
            case .open: return "open"
            case .begin: return "begin"
            case .attach: return "attach"
            case .flow: return "flow"
            case .transfer: return "transfer"
            case .disposition(let disposition):
                switch disposition.state {
                case .accepted: return "accepted \(disposition.first)"
                case .released: return "released \(disposition.first)"
                case .rejected: return "rejected \(disposition.first) \(self.condition ?? "")"
                case .other, nil: return "disposition \(disposition.first)"
                }
            case .detach: return ["detach", self.condition].compactMap { $0 }.joined(separator: " ")
            case .end: return ["end", self.condition].compactMap { $0 }.joined(separator: " ")
            case .close: return ["close", self.condition].compactMap { $0 }.joined(separator: " ")
            }
        }
    }
}
