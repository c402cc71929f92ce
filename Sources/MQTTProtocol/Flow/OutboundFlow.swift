import DequeModule
package import MQTTCodec

/// The sending side of QoS 1 and 2 for one session. Spec: MQTT 5.0 §4.3, §4.4, §4.6, §4.9.
///
/// ```
/// QoS 1  queued ──next()──► awaitingPuback ──PUBACK──► settled
/// QoS 2  queued ──next()──► awaitingPubrec ──PUBREC──► recording ──recorded()──► awaitingPubcomp ──PUBCOMP──► settled
///                                 └──PUBREC ≥ 0x80──► settled
/// ```
/// - Lives longer than a connection: ``detach()`` when it ends, ``attach(receiveMaximum:)`` when the session is resumed;
///   then what is unanswered goes first, in its order, with its identifiers. [MQTT-4.4.0-1] [MQTT-4.6.0-1]
/// - At most the client's Receive Maximum of exchanges are open on a connection. [MQTT-4.9.0-2]
/// - The queue is bounded in messages and bytes; beyond it the newest message is refused.
/// - An idle flow holds no memory of its own.
package struct OutboundFlow<Message: FlowMessage> {
    /// What to do next; the caller asks until there is nothing.
    package enum Step {
        /// Write a PUBLISH.
        case publish(Message, packetID: UInt16, isDuplicate: Bool)
        /// Write a PUBREL.
        case release(packetID: UInt16)
        /// Read the bodies of these messages and hand them to ``supply(_:for:)``; the flow waits.
        case needsBody([Message], LoadTicket)
    }

    /// Tells which ``Step/needsBody(_:_:)`` bodies are for.
    package struct LoadTicket: Equatable, Sendable {
        let number: UInt64
    }

    /// What an answer of the client calls for.
    package enum Answer {
        /// The exchange is over: the message needs to be kept no more, and there may be room for the next.
        case settled(Message)
        /// Make durable that the client has the message, then call ``recorded(packetID:)``: PUBREL follows that.
        case recordThenRelease(packetID: UInt16)
        /// Write a PUBREL, with this reason in MQTT 5.
        case release(packetID: UInt16, ReasonCode)
        /// Nothing: the answer is a repeat, or of an exchange that is over.
        case none
        /// The answer is not that of this exchange: a protocol error.
        case violation
    }

    enum State: Equatable {
        case awaitingPuback
        case awaitingPubrec
        case recording
        case awaitingPubcomp
    }

    struct Exchange {
        var message: Message
        var state: State
        /// Grows with every PUBLISH and, from PUBREC on, with every PUBREC: the order of what is sent again.
        var order: UInt64
        /// Whether it takes part of the window: sent on this connection, or being recorded.
        var isOpen: Bool
    }

    struct Queued {
        var message: Message
        var isDuplicate: Bool
    }

    /// Messages whose bodies are being read.
    enum Loading {
        /// Those of these exchanges, to be sent again.
        case resend([UInt16])
        /// So many at the head of the queue.
        case queue(Int)
    }

    /// Bodies asked for at once.
    static var loadMax: Int { 64 }
    /// Exchanges whose table is kept when there is none any more.
    static var capacityKept: Int { 64 }

    /// Messages that may wait, those in flight not counted.
    package let messagesMax: Int
    /// Bytes that waiting messages may hold in memory; one message may pass it, never two.
    package let bytesMax: Int
    /// The client's Receive Maximum, 1 to 65535.
    package internal(set) var receiveMaximum: Int
    package internal(set) var isAttached: Bool
    /// Bytes that waiting messages hold in memory.
    package internal(set) var queuedBytes = 0

    var exchanges: [UInt16: Exchange] = [:]
    /// Identifiers whose exchange goes on with a PUBREL or PUBLISH sent again, in order.
    var unsent: Deque<UInt16> = []
    var queue: Deque<Queued> = []
    var openCount = 0
    var lastOrder: UInt64 = 0
    var loading: Loading?
    /// The identifier chosen last for each QoS.
    var lastQoS1: UInt16 = 0
    var lastQoS2: UInt16 = 0
    var loadNumber: UInt64 = 0

    /// The flow of a new session, attached.
    ///
    /// - Parameters:
    ///   - receiveMaximum: the client's, 1 to 65535; 65535 when it states none.
    ///   - messagesMax: messages that may wait.
    ///   - bytesMax: bytes that waiting messages may hold in memory.
    package init(receiveMaximum: Int = 65_535, messagesMax: Int = 100_000, bytesMax: Int = .max) {
        precondition((1...65_535).contains(receiveMaximum), "a Receive Maximum is 1 to 65535")
        self.receiveMaximum = receiveMaximum
        self.messagesMax = messagesMax
        self.bytesMax = bytesMax
        self.isAttached = true
    }

    /// Exchanges that are not over.
    package var inFlight: Int { self.exchanges.count }

    /// Messages that wait for their first PUBLISH.
    package var queued: Int { self.queue.count }

    /// Whether nothing is unanswered and nothing waits.
    package var isIdle: Bool { self.exchanges.isEmpty && self.queue.isEmpty }

    /// All messages that are not settled, those in flight first, each in the order of their sending.
    package var messages: [Message] {
        let started = self.exchanges.values.sorted { $0.order < $1.order }.map { $0.message }
        return started + self.queue.map { $0.message }
    }

    // MARK: Connections

    /// The connection ended: nothing is sent until the next one, and bodies that can be read again are let go.
    package mutating func detach() {
        self.isAttached = false
        self.loading = nil
        self.unsent = []
        guard self.queuedBytes > 0 else { return }
        self.queuedBytes = 0
        for position in self.queue.indices {
            self.queue[position].message = self.queue[position].message.keptForResend()
            self.queuedBytes += self.queue[position].message.byteCount
        }
    }

    /// The client is back and its session present: what is unanswered is sent again before anything else.
    ///
    /// PUBREL in the order of their PUBREC, then PUBLISH in their first order. [MQTT-4.6.0-1] [MQTT-4.6.0-4]
    package mutating func attach(receiveMaximum: Int) {
        precondition((1...65_535).contains(receiveMaximum), "a Receive Maximum is 1 to 65535")
        self.receiveMaximum = receiveMaximum
        self.isAttached = true
        self.loading = nil
        self.openCount = 0
        var releases: [(order: UInt64, packetID: UInt16)] = []
        var publishes: [(order: UInt64, packetID: UInt16)] = []
        for (packetID, exchange) in self.exchanges {
            switch exchange.state {
            case .recording:
                self.openCount += 1
                continue
            case .awaitingPubcomp: releases.append((exchange.order, packetID))
            case .awaitingPuback, .awaitingPubrec: publishes.append((exchange.order, packetID))
            }
            self.exchanges[packetID]?.isOpen = false
        }
        releases.sort { $0.order < $1.order }
        publishes.sort { $0.order < $1.order }
        self.unsent = Deque((releases + publishes).map { $0.packetID })
    }

    /// Puts back a message of QoS 2 whose PUBREC came before a restart: only its PUBREL goes out. While detached.
    package mutating func recover(received message: Message, packetID: UInt16) {
        precondition(!self.isAttached, "a flow is recovered before its client comes back")
        self.lastOrder += 1
        self.exchanges[packetID] = Exchange(
            message: message,
            state: .awaitingPubcomp,
            order: self.lastOrder,
            isOpen: false
        )
    }

    /// Ends an exchange.
    mutating func settle(_ packetID: UInt16) -> Message? {
        guard let exchange = self.exchanges.removeValue(forKey: packetID) else { return nil }
        if exchange.isOpen { self.openCount -= 1 }
        if self.exchanges.isEmpty, self.exchanges.capacity > 2 * Self.capacityKept { self.exchanges = [:] }
        return exchange.message
    }
}
