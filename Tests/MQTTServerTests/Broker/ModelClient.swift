import MQTTCodec
import MQTTProtocol
import NIOCore
import ServerTestSupport
import Synchronization
import TelemetryModel

@testable import MQTTServer

/// A client with a memory of its own: what it got, and the QoS 2 exchanges it has not finished.
final class ModelClient: @unchecked Sendable {  // because state is locked, the rest its loop's
    /// What the application got.
    struct Received: Equatable, Sendable {
        var topic: String
        var payload: String
        var qos: QoS
        var isRetained: Bool
        var isDuplicate: Bool
        var subscriptionIDs: [UInt32]
        var expirySeconds: UInt32?
    }

    /// How far it answers.
    enum Answers: Sendable {
        /// Everything.
        case all
        /// Nothing at all.
        case none
        /// QoS 2 up to PUBREC.
        case untilPubrec
    }

    fileprivate struct State {
        var received: [Received] = []
        var releases = 0
        var completed: [UInt16] = []
        /// QoS 2 identifiers between PUBLISH and PUBREL.
        var known: Set<UInt16> = []
        var isTakenOver = false
        var publishes = 0
        /// Of those PUBLISH packets, in order.
        var packetIDs: [UInt16] = []
        /// The connection it has; those before it are heard no more.
        var connection: Connection?
    }

    /// One connection, as the broker sees it.
    final class Connection: BrokerSubscriber, @unchecked Sendable {  // because only its event loop uses it
        let client: ModelClient
        var attachment: Attachment?

        init(_ client: ModelClient) {
            self.client = client
        }

        func takenOver() {
            self.client.state.withLock { $0.isTakenOver = true }
            exchange(&self.attachment, with: nil)?.detach(publishesWill: true)
        }

        func deliveriesReady() {
            guard let attachment, self.client.connection === self else { return }
            while let outgoing = attachment.next(at: self.client.clock.now) { self.client.take(outgoing, attachment) }
        }
    }

    let key: SessionKey
    let clock: TestClock
    var answers = Answers.all
    private(set) var loop: TestLoop?
    fileprivate let state = Mutex(State())

    init(_ name: String, clock: TestClock, principal: Principal = .application("app")) {
        self.key = SessionKey(principal: principal, clientID: name)
        self.clock = clock
    }

    var connection: Connection? { self.state.withLock { $0.connection } }
    /// Of the connection; on its event loop.
    var attachment: Attachment? { self.connection?.attachment }
    var received: [Received] { self.state.withLock { $0.received } }
    var payloads: [String] { self.received.map(\.payload) }
    var completed: [UInt16] { self.state.withLock { $0.completed } }
    var releases: Int { self.state.withLock { $0.releases } }
    var isTakenOver: Bool { self.state.withLock { $0.isTakenOver } }
    /// PUBLISH packets, repetitions counted.
    var publishes: Int { self.state.withLock { $0.publishes } }
    /// Of those packets, in order.
    var packetIDs: [UInt16] { self.state.withLock { $0.packetIDs } }

    func forgetReceived() { self.state.withLock { $0.received = [] } }

    // MARK: Connection

    /// Connects; returns Session Present.
    @discardableResult
    func connect(
        _ loop: TestLoop,
        cleanStart: Bool = false,
        expirySeconds: UInt32 = .max,
        receiveMaximum: UInt16 = .max,
        will: (topic: String, payload: String, delaySeconds: UInt32)? = nil,
        willExpirySeconds: UInt32? = nil,
        permissions: TopicPermissions? = nil
    ) async throws -> Bool {
        let broughtWill = will.map { will in
            BrokerWill(
                message: InboundMessage(
                    topic: ByteBuffer(string: will.topic),
                    payload: ByteBuffer(string: will.payload),
                    qos: .atLeastOnce,
                    retain: false,
                    properties: willExpirySeconds.map { PublishProperties(messageExpirySeconds: $0) }
                ),
                delaySeconds: will.delaySeconds
            )
        }
        let promise = loop.eventLoop.makePromise(of: Bool.self)
        if cleanStart { self.state.withLock { $0.known = [] } }
        loop.eventLoop.execute {
            let request = AttachRequest(
                key: self.key,
                cleanStart: cleanStart,
                expirySeconds: expirySeconds,
                receiveMaximum: receiveMaximum,
                will: broughtWill
            )
            let connection = Connection(self)
            loop.broker.attach(request, subscriber: connection) { result in
                switch result {
                case .success(let attachment):
                    self.loop = loop
                    connection.attachment = attachment
                    self.state.withLock { state in
                        state.connection = connection
                        state.isTakenOver = false
                        if !attachment.sessionPresent { state.known = [] }
                    }
                    attachment.open(permissions: permissions)
                    promise.succeed(attachment.sessionPresent)
                case .failure(let error): promise.fail(error)
                }
            }
        }
        return try await promise.futureResult.get()
    }

    func disconnect(publishesWill: Bool = false, expirySeconds: UInt32? = nil) async throws {
        guard let loop else { return }
        try await loop.run { _ in
            guard let connection = self.connection else { return }
            exchange(&connection.attachment, with: nil)?
                .detach(publishesWill: publishesWill, expirySeconds: expirySeconds)
        }
        // What it began may still be on its way to the disk.
        self.loop = nil
    }

    /// The process it was connected to is gone.
    func lose() {
        self.state.withLock { $0.connection = nil }
        self.loop = nil
    }

    func subscribe(
        _ filter: String,
        _ qos: QoS = .atLeastOnce,
        noLocal: Bool = false,
        identifier: UInt32? = nil,
        retainHandling: RetainHandling = .send
    ) async throws {
        let subscription = try Subscription(
            fullFilter: filter,
            qos: qos,
            noLocal: noLocal,
            retainHandling: retainHandling,
            identifier: identifier
        )
        guard let loop else { return }
        let promise = loop.eventLoop.makePromise(of: Void.self)
        loop.eventLoop.execute {
            guard let attachment = self.attachment else { return promise.succeed() }
            attachment.subscribe([subscription]) { promise.completeWith($0) }
        }
        try await promise.futureResult.get()
    }

    func unsubscribe(_ filter: String) async throws -> Bool {
        guard let loop else { return false }
        let promise = loop.eventLoop.makePromise(of: Bool.self)
        loop.eventLoop.execute {
            guard let attachment = self.attachment else { return promise.succeed(false) }
            attachment.unsubscribe([filter]) { promise.completeWith($0.map { $0[0] }) }
        }
        return try await promise.futureResult.get()
    }

    /// Publishes, and returns the reason of the acknowledgement; `nil`: there was none.
    @discardableResult
    func publish(
        _ topic: String,
        _ payload: String,
        _ qos: QoS = .atLeastOnce,
        retain: Bool = false,
        packetID: UInt16 = 0,
        expirySeconds: UInt32? = nil,
        userProperties: [UserProperty] = []
    ) async throws -> ReasonCode? {
        guard let loop else { return nil }
        let promise = loop.eventLoop.makePromise(of: ReasonCode?.self)
        loop.eventLoop.execute {
            guard let attachment = self.attachment else { return promise.succeed(nil) }
            let message = InboundMessage(
                topic: ByteBuffer(string: topic),
                payload: ByteBuffer(string: payload),
                qos: qos,
                retain: retain,
                properties: expirySeconds == nil && userProperties.isEmpty
                    ? nil : PublishProperties(messageExpirySeconds: expirySeconds, userProperties: userProperties),
                packetID: packetID
            )
            loop.publish(message, from: attachment) { promise.succeed($0) }
        }
        return try await promise.futureResult.get()
    }

    /// Waits until everything that `loop` has journaled is durable.
    func publishNothing(on loop: TestLoop) async throws {
        let promise = loop.eventLoop.makePromise(of: Void.self)
        loop.eventLoop.execute {
            let message = InboundMessage(
                topic: ByteBuffer(string: "nothing"),
                payload: ByteBuffer(),
                qos: .atLeastOnce,
                retain: true
            )
            loop.publish(message, from: nil) { _ in promise.succeed() }
        }
        try await promise.futureResult.get()
    }

    /// Waits until `condition` holds; false after ten seconds.
    func waits(for condition: @escaping @Sendable (ModelClient) -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if condition(self) { return true }
            try await Task.sleep(for: .milliseconds(1))
        }
        return condition(self)
    }

    // MARK: What comes

    fileprivate func take(_ outgoing: Outgoing, _ attachment: Attachment) {
        switch outgoing {
        case .publish(let publish): self.take(publish, attachment)
        case .pubrel(let packetID):
            self.state.withLock { state in
                state.releases += 1
                state.known.remove(packetID)
            }
            if self.answers == .all { _ = attachment.pubcomp(packetID) }
        case .pubcomp(let packetID, _):
            self.state.withLock { $0.completed.append(packetID) }
        }
    }

    private func take(_ publish: OutgoingPublish, _ attachment: Attachment) {
        let received = Received(
            topic: String(buffer: publish.message.topic),
            payload: String(buffer: publish.message.payload),
            qos: publish.qos,
            isRetained: publish.isRetained,
            isDuplicate: publish.isDuplicate,
            subscriptionIDs: publish.subscriptionIDs.sorted(),
            expirySeconds: publish.expirySeconds
        )
        self.state.withLock { state in
            state.publishes += 1
            state.packetIDs.append(publish.packetID)
            guard publish.qos == .exactlyOnce else { return state.received.append(received) }
            // The application gets a QoS 2 message once, as long as the client knows its identifier.
            if state.known.insert(publish.packetID).inserted { state.received.append(received) }
        }
        switch (publish.qos, self.answers) {
        case (.atMostOnce, _), (_, .none): break
        case (.atLeastOnce, .untilPubrec), (.atLeastOnce, .all): _ = attachment.puback(publish.packetID)
        case (.exactlyOnce, _): _ = attachment.pubrec(publish.packetID, .success)
        }
    }
}
