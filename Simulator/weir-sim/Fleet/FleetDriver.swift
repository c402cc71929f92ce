import FleetModel
import MQTTCodec
import NIOCore

/// One device of the fleet at work: carries out what ``FleetClient`` decides, sends what its feed gives.
///
/// - Confined to one event loop; everything is called there.
/// - Writes are gathered and flushed once per read cycle, timer or batch from the feed.
/// - Events of a connection that is no longer the current one are passed over.
final class FleetDriver<Feed: DeviceFeed> {
    /// What is the same for all drivers of a run.
    struct Shared: Sendable {
        let settings: FleetClient.Settings
        let transport: FleetTransport
        let clock: RunClock
        let counters: FleetCounters
        let notes: FleetNotes
    }

    private let shared: Shared
    private let member: FleetMember
    private let topic: ByteBuffer
    private let loop: any EventLoop
    private let feed: Feed
    private let done: EventLoopPromise<Void>

    private var client: FleetClient
    /// The current connection's handler, from the attempt to its end.
    private var handler: FleetHandler<Feed>?
    private var channel: (any Channel)?
    private var output = ByteBuffer()
    /// Numbers stored in this read cycle.
    private var stored: [Int] = []
    /// Whether this connection counts as connected.
    private var isCounted = false
    private var timer: Scheduled<Void>?
    private var timerAt = Duration.zero
    private var isDone = false

    /// A device that has not begun; made on its loop.
    ///
    /// - Parameters:
    ///   - member: the device.
    ///   - feed: what it publishes.
    ///   - shared: the run's.
    ///   - loop: the device's.
    ///   - seed: of the reconnect delays.
    ///   - done: succeeds when the device is over.
    init(
        member: FleetMember,
        feed: Feed,
        shared: Shared,
        loop: any EventLoop,
        seed: UInt64,
        done: EventLoopPromise<Void>
    ) {
        self.shared = shared
        self.member = member
        self.topic = ByteBuffer(string: member.telemetryTopic)
        self.loop = loop
        self.feed = feed
        self.done = done
        self.client = FleetClient(settings: shared.settings, seed: seed, at: shared.clock.elapsed)
        feed.onLoaded = { [unowned self] in self.advance() }
    }

    // MARK: From outside

    /// Begins.
    func start() { self.advance() }

    /// Takes no more messages and ends when all are acknowledged or the patience is over.
    func stop(within patience: Duration) {
        guard !self.isDone else { return }
        self.carryOut(self.client.end(within: patience, at: self.shared.clock.elapsed))
        self.advance()
    }

    // MARK: From the handler

    func opened(_ handler: FleetHandler<Feed>, channel: any Channel) {
        guard handler === self.handler, !self.isDone else { return channel.close(promise: nil) }
        self.channel = channel
        self.client.opened(at: self.shared.clock.elapsed)
        let connect = ConnectPacket(
            clientID: self.member.id,
            cleanSession: false,  // as the device SDKs; the messages in flight are part of the session
            keepAliveSeconds: UInt16(clamping: self.shared.settings.keepAlive.components.seconds),
            userName: self.member.userName,
            password: ByteBuffer(string: self.member.token(at: RunClock.timeOfDay))
        )
        self.write(.connect(connect))
        self.advance()
    }

    func received(_ packet: Packet, from handler: FleetHandler<Feed>) {
        guard handler === self.handler else { return }
        switch packet {
        case .puback(let puback):
            switch self.client.acknowledged(puback.packetID) {
            case .stored(let number): self.stored.append(number)
            case .storedLast(let number):
                self.stored.append(number)
                self.leave()
            case .unknown: break
            }
        case .connack(let connack):
            self.carryOut(self.client.answered(connack.returnCode, at: self.shared.clock.elapsed))
        case .pingresp:
            self.client.pingAnswered()
        case .connect, .publish, .pubrec, .pubrel, .pubcomp, .subscribe, .suback, .unsubscribe, .unsuback, .pingreq,
            .disconnect, .auth:
            self.failed(handler, .protocolError("a \(packet.type) that was not asked for"))
        }
    }

    /// Everything of one read cycle was received, or the socket takes bytes again.
    func readCompleted(_ handler: FleetHandler<Feed>) {
        guard handler === self.handler else { return }
        self.reportStored()
        self.advance()
    }

    /// The connection cannot go on.
    func failed(_ handler: FleetHandler<Feed>, _ fault: ConnectionFault) {
        guard handler === self.handler else { return }
        self.lost(fault)
    }

    /// The socket is closed.
    func closed(_ handler: FleetHandler<Feed>) {
        guard handler === self.handler else { return }
        self.lost(.closedByGateway)
    }

    // MARK: What the client decides

    /// Asks the clock, then the feed; sends; sets the timer for the next time.
    private func advance() {
        guard !self.isDone else { return }
        let now = self.shared.clock.elapsed
        var wake: Duration?
        asking: while true {
            switch self.client.tick(at: now) {
            case .wake(let time):
                wake = time
                break asking
            case .connect: self.connect()
            case .ping: self.write(.pingreq)
            case .drop(let fault): return self.lost(fault)
            case .disconnect: return self.leave()
            case .abandon: return self.finish()
            case .stop: break asking
            }
        }
        if let due = self.sendDue(at: now) { wake = min(wake ?? due, due) }
        guard !self.isDone else { return }
        self.flush()
        if let wake { self.setTimer(wake) }
    }

    /// Sends what the feed gives and the window takes.
    ///
    /// - Returns: when the feed's next message is due, if it said so.
    private func sendDue(at now: Duration) -> Duration? {
        var sent = 0
        defer { self.shared.counters.add(sent: sent) }
        while self.client.canSend, self.channel?.isWritable ?? false {
            switch self.feed.next(at: now) {
            case .message(let message):
                let id = self.client.send(message, at: now)
                self.writePublish(message, id: id, isDuplicate: false)
                sent += 1
            case .due(let time): return time
            case .loading: return nil
            case .finished:
                self.carryOut(self.client.end(within: nil, at: now))
                return nil
            }
        }
        return nil
    }

    private func carryOut(_ action: FleetClient.EndAction) {
        switch action {
        case .wait: break
        case .disconnect: self.leave()
        case .ended: self.finish()
        }
    }

    private func carryOut(_ action: FleetClient.AnswerAction) {
        switch action {
        case .resume:
            self.isCounted = true
            self.shared.counters.add(connected: 1)
            var resent = 0
            self.client.forEachUnacknowledged { id, message in
                self.writePublish(message, id: id, isDuplicate: true)
                resent += 1
            }
            self.shared.counters.add(resent: resent)
        case .disconnect:
            self.leave()
        case .drop(let fault):
            self.lost(fault)
        case .giveUp(let refusal):
            self.shared.counters.add(refused: 1)
            self.shared.notes.refused(self.member.id, refusal)
            self.finish()
        }
    }

    // MARK: The connection

    private func connect() {
        let handler = FleetHandler(driver: self)
        self.handler = handler
        self.shared.transport.connect(on: self.loop, handler: NIOLoopBound(handler, eventLoop: self.loop))
            .assumeIsolated()
            .whenFailure { error in
                guard handler === self.handler else { return }
                self.lost(ConnectionFault(error))
            }
    }

    /// Sends DISCONNECT, then closes [MQTT-3.14.4-1].
    private func leave() {
        self.write(.disconnect())
        self.flush()
        self.forgetConnection()
    }

    /// The connection is gone without our wish.
    private func lost(_ fault: ConnectionFault) {
        self.shared.notes.lost(self.member.id, fault)
        self.forgetConnection()
    }

    private func forgetConnection() {
        self.reportStored()
        self.closeChannel()
        guard !self.isDone else { return }
        switch self.client.closed(at: self.shared.clock.elapsed) {
        case .wake(let time): self.setTimer(time)
        case .ended: self.finish()
        }
    }

    private func closeChannel() {
        if self.isCounted { self.shared.counters.add(connected: -1) }
        self.isCounted = false
        self.handler = nil
        self.output = ByteBuffer()
        self.channel?.close(promise: nil)
        self.channel = nil
    }

    private func finish() {
        guard !self.isDone else { return }
        self.isDone = true
        self.reportStored()
        self.closeChannel()
        self.timer?.cancel()
        self.timer = nil
        self.feed.onLoaded = nil
        self.done.succeed()
    }

    // MARK: Bytes and time

    private func write(_ packet: Packet) {
        do {
            try packet.encode(into: &self.output)
        } catch {
            preconditionFailure("ids and tokens are shorter than MQTT's fields: \(error)")
        }
    }

    private func writePublish(_ message: OutgoingMessage, id: UInt16, isDuplicate: Bool) {
        let packet = PublishPacket(
            topic: self.topic,
            payload: message.payload,
            qos: .atLeastOnce,
            packetID: id,
            isDuplicate: isDuplicate
        )
        self.write(.publish(packet))
    }

    private func flush() {
        guard self.output.readableBytes > 0, let channel = self.channel else { return }
        // Taken first: the write may change the socket's writability, which comes back here.
        let bytes = exchange(&self.output, with: ByteBuffer())
        channel.writeAndFlush(bytes, promise: nil)
    }

    private func reportStored() {
        guard !self.stored.isEmpty else { return }
        self.shared.counters.add(acknowledged: self.stored.count)
        self.feed.stored(self.stored)
        self.stored.removeAll(keepingCapacity: self.stored.count < 1_024)
    }

    /// Wakes the driver at a time; an earlier timer stays and looks again.
    private func setTimer(_ time: Duration) {
        if self.timer != nil {
            guard time < self.timerAt else { return }
            self.timer?.cancel()
        }
        self.timerAt = time
        self.timer = self.loop.assumeIsolated().scheduleTask(deadline: self.shared.clock.deadline(time)) {
            self.timer = nil
            self.advance()
        }
    }
}
