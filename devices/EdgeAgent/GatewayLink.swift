import EdgeCore
import Glibc
import SensorKit
import TelemetryModel

/// The agent's side of the connection: carries out what ``Uplink`` decides, moves readings from the outbox through the
/// window to the gateway, and logs each change of state once.
///
/// Made and run on its own thread, `uplink`; blocks nobody but itself.
final class GatewayLink {
    /// Longest that one step takes: names are looked up, and each address of the host has its 20 s.
    private static let connectMax: Duration = .seconds(180)
    /// How often the library looks at its keep-alive clock.
    private static let housekeepingInterval: Duration = .seconds(1)

    private let outbox: Outbox
    private let desk: RemoteDesk
    private let promise: Promise
    private let clock: SystemClock
    private let wallClock: WallClock
    private let connector: Connector
    private let journal: Journal
    private var uplink: Uplink
    private var conversation = DeviceConversation()
    private var client: MosquittoClient?
    /// Who the client connects as.
    private var login: Login?
    private var lastHousekeeping: Duration = .zero
    /// The body of the message being published; kept for its memory.
    private var body: [UInt8] = []
    /// What was last logged about a connection that does not come about, so that repeats are not.
    private var loggedTrouble = ""

    init(
        _ settings: AgentConfiguration,
        logins: LoginSource,
        outbox: Outbox,
        desk: RemoteDesk,
        promise: Promise,
        clock: SystemClock,
        wallClock: WallClock,
        journal: Journal,
        keep: @escaping @Sendable ([UInt8]) -> String?
    ) {
        var timing = Uplink.Timing()
        timing.stopMax = .seconds(settings.stopWaitSeconds)
        self.outbox = outbox
        self.desk = desk
        self.promise = promise
        self.clock = clock
        self.wallClock = wallClock
        self.connector = Connector(
            settings,
            logins: logins,
            clock: clock,
            wallClock: wallClock,
            journal: journal,
            keep: keep,
            isStopping: { outbox.isFinished }
        )
        self.journal = journal
        self.uplink = Uplink(
            timing: timing,
            tokenLife: TokenLife(
                .seconds(settings.mqtt.tokenLifeSeconds),
                jitter: Double.random(in: 0...1)
            ),
            backoff: ReconnectBackoff(
                least: .seconds(settings.mqtt.reconnectMinSeconds),
                most: .seconds(settings.mqtt.reconnectMaxSeconds),
                seed: UInt64.random(in: .min ... .max)
            )
        )
    }

    /// Runs until the outbox is finished and what it held is acknowledged, or the time for that is over.
    func run() {
        ConnectLimit.enableOnThisThread()
        while true {
            let now = self.clock.now
            self.promise.backBy(now + Self.connectMax)
            if self.outbox.isFinished { self.uplink.stop(at: now) }
            for event in self.wallClock.takeEvents() { _ = self.outbox.append(event) }
            switch self.uplink.next(at: now, backlog: self.outbox.backlog) {
            case .rest(let until): self.wait(until: until)
            case .connect: self.connect()
            case .serve(let mayPublish, let until): self.serve(mayPublish: mayPublish, until: until)
            case .close(let reason): self.close(reason)
            case .finish: return
            }
        }
    }

    private func connect() {
        do throws(MosquittoClient.Fault) {
            let (client, login) = try self.connector.connect()
            self.client = client
            self.login = login
            self.uplink.connecting(at: self.clock.now)
        } catch {
            self.lost(error.message)
        }
    }

    private func serve(mayPublish: Bool, until: Duration) {
        guard let client = self.client, let socket = client.socket else {
            return self.lost("the connection is gone")
        }
        do throws(MosquittoClient.Fault) {
            try self.converse(client)
            let publishAt = mayPublish ? try self.publishWaiting(client) : nil
            var entries = [
                pollfd(fd: self.outbox.wake.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: socket, events: Int16(client.wantsToWrite ? POLLIN | POLLOUT : POLLIN), revents: 0),
            ]
            let wakeAt = min(until, self.conversation.wakeAt ?? until) - self.clock.now
            let limit = min(wakeAt, publishAt ?? Self.housekeepingInterval, Self.housekeepingInterval)
            let count = poll(&entries, 2, WakeEvent.milliseconds(limit))
            if count > 0, entries[0].revents != 0 { self.outbox.wake.clear() }
            if count > 0, entries[1].revents != 0 {
                if entries[1].revents & Int16(POLLOUT) != 0 { try client.write() }
                if entries[1].revents & ~Int16(POLLOUT) != 0 { try client.read() }
            }
            let now = self.clock.now
            if now - self.lastHousekeeping >= Self.housekeepingInterval {
                self.lastHousekeeping = now
                try client.keepAlive()
                self.connector.tick()
            }
            self.handleEvents(of: client)
            if self.outbox.isSilent, self.client != nil { self.lost("nothing was acknowledged for half a minute") }
        } catch {
            self.handleEvents(of: client)  // acknowledgements that came before the end count
            if self.client != nil { self.lost(error.message) }
        }
    }

    /// Publishes what may be; returns how long until there may be more, when that is known.
    private func publishWaiting(_ client: MosquittoClient) throws(MosquittoClient.Fault) -> Duration? {
        guard let topic = self.login?.names.telemetryTopic else { return nil }
        let offset = self.wallClock.trustedOffset
        while true {
            switch self.outbox.next(isDated: offset != nil) {
            case .wait(let until):
                return until.map { .milliseconds($0.milliseconds - self.clock.instant.milliseconds) }
            case .publish(let message):
                try self.publish(message, to: topic, offset: offset, client)
            }
        }
    }

    private func publish(
        _ message: Outgoing,
        to topic: String,
        offset: Int64?,
        _ client: MosquittoClient
    ) throws(MosquittoClient.Fault) {
        let parcel = message.parcel
        let itsOffset: Int64? =
            switch parcel.dating {
            case .clock: offset
            case .offset(let offset): offset
            case .unknown: nil
            }
        self.body.removeAll(keepingCapacity: true)
        ParcelMessage.appendBody(of: parcel, offset: itsOffset, to: &self.body)
        let properties = ParcelMessage.properties(of: parcel, isDated: itsOffset != nil, dropped: message.dropped)
        let messageID = try client.publish(self.body, to: topic + properties)
        guard self.outbox.published(as: messageID) else {
            throw MosquittoClient.Fault(message: "libmosquitto used message id \(messageID) twice")
        }
    }

    private func handleEvents(of client: MosquittoClient) {
        for event in client.takeEvents() {
            switch event {
            case .accepted:
                self.uplink.accepted(at: self.clock.now, hasToken: self.login?.usesToken ?? true)
                let loss = self.outbox.connected()
                self.connector.accepted()
                self.conversation.connected(at: self.clock.now)
                self.desk.countConnection()
                self.loggedTrouble = ""
                if let login = self.login {
                    let (address, name) = (login.address, login.names.clientID)
                    self.journal(.notice, "connected to \(address.host):\(address.port) as \(name)")
                }
                if let loss {
                    let span = "\(self.wallClock.text(of: loss.first)) to \(self.wallClock.text(of: loss.last))"
                    self.journal(.warning, "\(loss.count) readings of \(span) were dropped for want of room")
                }
            case .refused(let code):
                self.connector.refused(code: code)
                self.lost(self.explanation(ofRefusal: code))
                return
            case .acknowledged(let messageID):
                self.outbox.acknowledged(messageID)
                self.desk.countAcknowledgement()
            case .received(let topic, let payload):
                self.conversation.received(topic: topic, payload: payload, at: self.clock.now)
            case .subscribed: break
            }
        }
    }

    /// Twin and methods: gives the hub what waits for it, and the control loop what came.
    private func converse(_ client: MosquittoClient) throws(MosquittoClient.Fault) {
        let now = self.clock.now
        let (answers, reported) = self.desk.takeOutgoing()
        for answer in answers {
            self.conversation.answer(answer.call, status: answer.status, payload: answer.payload)
        }
        if let reported { self.conversation.wants(reported: reported, at: now) }
        self.conversation.tick(at: now)
        for action in self.conversation.takeActions() {
            switch action {
            case .subscribe(let filter): try client.subscribe(filter)
            case .send(let topic, let payload): try client.send(payload, to: topic)
            case .apply(let desired, let version): self.desk.leave(.desired(desired, version: version))
            case .perform(let call): self.desk.leave(.call(call))
            case .log(let level, let text): self.journal(level, text)
            }
        }
    }

    private func explanation(ofRefusal code: Int32) -> String {
        let name = self.login?.names.clientID ?? ""
        switch code {
        case 1: return "the gateway refuses MQTT 3.1.1 (code 1)"
        case 2: return "the gateway refuses the client id '\(name)' (code 2)"
        case 3: return "the gateway is not available yet (code 3)"
        case 4: return "the gateway cannot read the user name (code 4)"
        case 5:
            let time = self.wallClock.now.map { "\($0)" } ?? "not known"
            return
                "the gateway does not authorise '\(name)' (code 5): check that the device exists and is enabled, its "
                + "key or certificate, and the time (\(time))"
        default: return "the gateway refuses the connection (code \(code))"
        }
    }

    private func close(_ reason: Uplink.CloseReason) {
        self.outbox.disconnected(isRenewal: reason == .tokenRenewal)
        if let client = self.client, self.uplink.isOnline || reason == .stopping {
            try? self.converse(client)  // the last answers; who asked may see that they do not come
        }
        self.conversation.disconnected()
        switch reason {
        case .noConnack:
            self.logTrouble("the gateway did not answer CONNECT in time")
        case .tokenRenewal:
            self.client?.disconnect()
            self.journal(.info, "renewing the token")
        case .stopping:
            self.client?.disconnect()
            self.journal(.notice, "disconnected")
        }
        self.client = nil
    }

    private func lost(_ why: String) {
        let wasOnline = self.uplink.isOnline
        let count = self.outbox.disconnected()
        self.conversation.disconnected()
        self.client = nil
        // An attempt that was under way when the end came was the last one.
        if self.outbox.isFinished { self.uplink.stop(at: self.clock.now) }
        self.uplink.lost(at: self.clock.now)
        if wasOnline {
            self.loggedTrouble = ""
            self.journal(.warning, "connection lost: \(why); \(count) readings will be sent again")
        } else {
            self.logTrouble(why)
        }
    }

    private func logTrouble(_ why: String) {
        // A clock in the text would make every repeat look new.
        let key = String(why.prefix { $0 != "(" })
        guard key != self.loggedTrouble else { return }
        self.loggedTrouble = key
        self.journal(.warning, "no connection: \(why); trying again until it works")
    }

    private func wait(until instant: Duration) {
        self.promise.backBy(instant)
        if self.outbox.wake.wait(atMost: instant - self.clock.now) { self.outbox.wake.clear() }
    }
}
