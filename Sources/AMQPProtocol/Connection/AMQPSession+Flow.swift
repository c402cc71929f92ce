import DequeModule
import NIOCore

/// How much both ends still take, and what the client takes: the answers of `$cbs`.
extension AMQPSession {
    /// The client says how much it takes, or asks how much we take.
    mutating func flowed(_ flow: AMQPFlow, _ outbox: inout AMQPOutbox) throws(AMQPFault) {
        // What is on its way to the client counts against what it grants.
        let framesOnTheWay = self.nextOutgoingID &- (flow.nextIncomingID ?? 0)
        self.remoteIncomingWindow = flow.incomingWindow > framesOnTheWay ? flow.incomingWindow - framesOnTheWay : 0
        if let handle = flow.handle {
            guard var link = self.links[handle] else { throw self.unattached(handle) }
            if link.role == .receiver, !link.isDetaching, let credit = flow.linkCredit {
                let messagesOnTheWay = link.deliveryCount &- (flow.deliveryCount ?? 0)
                link.credit = credit > messagesOnTheWay ? Int(credit - messagesOnTheWay) : 0
                self.links[handle] = link
            }
        }
        for handle in self.links.keys.sorted() { self.sendAnswers(handle, &outbox) }
        if flow.drains, let handle = flow.handle { self.drain(handle, &outbox) }
        if flow.echoes { self.sendFlow(&outbox, flow.handle) }
    }

    /// Sends a message on a link that the client receives from, at once or when it takes it.
    mutating func answer(_ handle: UInt32, linkSerial: UInt64, _ message: ByteBuffer, _ outbox: inout AMQPOutbox) {
        guard self.links[handle]?.serial == linkSerial, self.links[handle]?.isDetaching == false else { return }
        self.links[handle]?.answers.append(message)
        self.sendAnswers(handle, &outbox)
    }

    private mutating func sendAnswers(_ handle: UInt32, _ outbox: inout AMQPOutbox) {
        guard var link = self.links[handle], !link.isDetaching else { return }
        while link.credit > 0, self.remoteIncomingWindow > 0, let message = link.answers.popFirst() {
            var transfer = AMQPTransfer(handle: handle)
            transfer.deliveryID = self.nextOutgoingID
            transfer.deliveryTag = ByteBuffer(integer: link.deliveryCount)
            transfer.isSettled = true
            outbox.send(.transfer(transfer), channel: self.channel, payload: message)
            self.nextOutgoingID &+= 1
            self.remoteIncomingWindow -= 1
            link.deliveryCount &+= 1
            link.credit -= 1
        }
        self.links[handle] = link
    }

    /// Gives up the credit that is left: there is nothing more to send.
    private mutating func drain(_ handle: UInt32, _ outbox: inout AMQPOutbox) {
        guard var link = self.links[handle], link.role == .receiver, !link.isDetaching, link.answers.isEmpty else {
            return
        }
        link.deliveryCount &+= UInt32(clamping: link.credit)
        link.credit = 0
        self.links[handle] = link
        self.sendFlow(&outbox, handle)
    }

    /// Where the session stands, and a link of it; opens the window anew.
    mutating func sendFlow(_ outbox: inout AMQPOutbox, _ handle: UInt32? = nil) {
        self.incomingWindow = self.limits.windowFrames
        var flow = AMQPFlow(
            nextIncomingID: self.nextIncomingID,
            incomingWindow: self.incomingWindow,
            nextOutgoingID: self.nextOutgoingID,
            outgoingWindow: self.limits.windowFrames
        )
        if let handle, let link = self.links[handle], !link.isDetaching {
            flow.handle = handle
            flow.deliveryCount = link.deliveryCount
            flow.linkCredit = UInt32(clamping: link.credit)
        }
        outbox.send(.flow(flow), channel: self.channel)
    }
}
