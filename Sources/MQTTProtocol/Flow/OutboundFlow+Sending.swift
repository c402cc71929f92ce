import DequeModule
import MQTTCodec

extension OutboundFlow {
    /// Adds a message behind all others.
    ///
    /// When the bytes in memory are at their bound, only the message's position is kept if it has one.
    /// - Parameters:
    ///   - message: of QoS 1 or 2.
    ///   - perhapsSent: whether it may have been sent before a restart, so that its PUBLISH says DUP. [MQTT-3.3.1-1]
    /// - Returns: false when there is no room, and the message is dropped for this session.
    package mutating func enqueue(_ message: Message, perhapsSent: Bool = false) -> Bool {
        precondition(message.qos != .atMostOnce, "QoS 0 has no flow")
        guard self.queue.count < self.messagesMax else { return false }
        var message = message
        if !self.queue.isEmpty, self.queuedBytes + message.byteCount > self.bytesMax {
            message = message.keptForResend()
            // A position takes no bytes, also when bodies that were read back have gone over the bound.
            guard message.byteCount == 0 || self.queuedBytes + message.byteCount <= self.bytesMax else { return false }
        }
        self.queuedBytes += message.byteCount
        self.queue.append(Queued(message: message, isDuplicate: perhapsSent))
        return true
    }

    /// Whether a new message could go out now: its client is connected, the window is open, and nothing is sent again.
    package var isOpen: Bool {
        self.isAttached && self.loading == nil && self.unsent.isEmpty && self.openCount < self.receiveMaximum
    }

    /// Puts a message before all others that wait, whatever the bounds: ``next()`` is to take it at once.
    package mutating func push(_ message: Message) {
        precondition(message.qos != .atMostOnce && self.loading == nil, "a body that is read belongs to the head")
        self.queuedBytes += message.byteCount
        self.queue.prepend(Queued(message: message, isDuplicate: false))
    }

    /// What to write or read next; `nil` when the window is full, nothing waits, or bodies are awaited.
    package mutating func next() -> Step? {
        guard self.isAttached, self.loading == nil else { return nil }
        while let packetID = self.unsent.first {
            // What was answered meanwhile is gone, and its identifier perhaps in use again.
            if let exchange = self.exchanges[packetID], !exchange.isOpen {
                return self.resend(packetID, exchange)
            }
            self.unsent.removeFirst()
        }
        guard self.openCount < self.receiveMaximum, let head = self.queue.first else { return nil }  // [MQTT-4.9.0-2]
        guard !head.message.needsBody else { return self.loadQueue() }
        guard let packetID = self.freeID(for: head.message) else { return nil }
        self.queue.removeFirst()
        self.queuedBytes -= head.message.byteCount
        self.lastOrder += 1
        self.openCount += 1
        self.exchanges[packetID] = Exchange(
            message: head.message.keptForResend(),
            state: head.message.qos == .exactlyOnce ? .awaitingPubrec : .awaitingPuback,
            order: self.lastOrder,
            isOpen: true
        )
        return .publish(head.message, packetID: packetID, isDuplicate: head.isDuplicate)
    }

    /// Hands over bodies that ``Step/needsBody(_:_:)`` asked for, in its order; the rest is asked for again.
    ///
    /// - Parameters:
    ///   - bodies: at least one; `nil` for a message that is to be dropped, such as one whose life has ended.
    ///   - ticket: what came with the question.
    /// - Returns: false when the question is void, since the connection it was asked for has ended.
    package mutating func supply(_ bodies: [Message?], for ticket: LoadTicket) -> Bool {
        guard let loading, ticket.number == self.loadNumber else { return false }
        self.loading = nil
        switch loading {
        case .resend(let packetIDs):
            for (packetID, body) in zip(packetIDs, bodies) {
                guard let exchange = self.exchanges[packetID], !exchange.isOpen else { continue }
                if let body {
                    self.exchanges[packetID]?.message = body
                } else {
                    _ = self.settle(packetID)
                }
            }
        case .queue(let count):
            let supplied = min(count, bodies.count)
            for position in (0..<supplied).reversed() {
                self.queuedBytes -= self.queue[position].message.byteCount
                if let body = bodies[position] {
                    self.queuedBytes += body.byteCount
                    self.queue[position].message = body
                } else {
                    self.queue.remove(at: position)
                }
            }
        }
        return true
    }

    private mutating func resend(_ packetID: UInt16, _ exchange: Exchange) -> Step? {
        switch exchange.state {
        case .awaitingPubcomp:
            self.open(packetID, exchange.message)
            return .release(packetID: packetID)
        case .awaitingPuback, .awaitingPubrec:
            guard self.openCount < self.receiveMaximum else { return nil }  // [MQTT-4.9.0-2]
            guard !exchange.message.needsBody else { return self.loadResend() }
            self.open(packetID, exchange.message.keptForResend())
            return .publish(exchange.message, packetID: packetID, isDuplicate: true)  // [MQTT-3.3.1-1]
        case .recording:
            preconditionFailure("what is being recorded is not sent again")
        }
    }

    private mutating func open(_ packetID: UInt16, _ message: Message) {
        self.unsent.removeFirst()
        self.exchanges[packetID]?.message = message
        self.exchanges[packetID]?.isOpen = true
        self.openCount += 1
    }

    private mutating func loadResend() -> Step {
        var packetIDs: [UInt16] = []
        var messages: [Message] = []
        for packetID in self.unsent.prefix(Self.loadMax) {
            guard let exchange = self.exchanges[packetID], !exchange.isOpen, exchange.message.needsBody else { break }
            packetIDs.append(packetID)
            messages.append(exchange.message)
        }
        return self.load(.resend(packetIDs), messages)
    }

    private mutating func loadQueue() -> Step {
        let messages = self.queue.prefix(Self.loadMax).prefix { $0.message.needsBody }.map { $0.message }
        return self.load(.queue(messages.count), messages)
    }

    private mutating func load(_ loading: Loading, _ messages: [Message]) -> Step {
        self.loading = loading
        self.loadNumber += 1
        return .needsBody(messages, LoadTicket(number: self.loadNumber))
    }

    /// The identifier of the next PUBLISH; `nil` when it is, or all are, in use. [MQTT-2.2.1-4]
    private mutating func freeID(for message: Message) -> UInt16? {
        guard message.qos == .exactlyOnce else {
            return self.freeID(after: &self.lastQoS1, in: 1...32_767)
        }
        guard let packetID = message.fixedPacketID else {
            return self.freeID(after: &self.lastQoS2, in: 32_768...65_535)
        }
        return self.exchanges[packetID] == nil ? packetID : nil
    }

    private func freeID(after last: inout UInt16, in range: ClosedRange<UInt16>) -> UInt16? {
        for _ in range {
            last = range.contains(last) && last < range.upperBound ? last + 1 : range.lowerBound
            if self.exchanges[last] == nil { return last }
        }
        return nil
    }
}
