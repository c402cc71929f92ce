import DequeModule
import NIOCore

/// One session: its window, its links, and what they send and take.
///
/// - Frames for a link that we have detached, or for a session that we have ended, are forgotten until the client has
///   answered.
/// - A link's credit and its unsettled messages together never exceed ``AMQPLimits/creditMax``.
///
/// Source: AMQP 1.0 part 2, §2.5, §2.6.
struct AMQPSession: Sendable {
    let channel: UInt16
    /// Tells sessions of the same channel apart.
    let serial: UInt64
    /// The largest handle that the client takes.
    let peerHandleMax: UInt32
    let limits: AMQPLimits
    var links: [UInt32: AMQPLink] = [:]
    /// We have sent end.
    var isEnding = false
    var nextIncomingID: UInt32
    var nextOutgoingID: UInt32 = 0
    /// Transfer frames that the client may still send.
    var incomingWindow: UInt32
    /// Transfer frames that the client still takes.
    var remoteIncomingWindow: UInt32

    init(_ begin: AMQPBegin, channel: UInt16, serial: UInt64, limits: AMQPLimits) {
        self.channel = channel
        self.serial = serial
        self.peerHandleMax = begin.handleMax
        self.limits = limits
        self.nextIncomingID = begin.nextOutgoingID
        self.incomingWindow = limits.windowFrames
        self.remoteIncomingWindow = begin.incomingWindow
    }

    /// Our answer to the client's begin.
    var begin: AMQPBegin {
        var begin = AMQPBegin(
            remoteChannel: self.channel,
            nextOutgoingID: self.nextOutgoingID,
            incomingWindow: self.incomingWindow,
            outgoingWindow: self.limits.windowFrames
        )
        begin.handleMax = UInt32(self.limits.linksMax - 1)
        return begin
    }

    // MARK: Links

    /// The client attaches a link, which gets what it asks for or is refused.
    ///
    /// - Parameters:
    ///   - attach: the client's.
    ///   - kind: what the link is for, or why there is none.
    ///   - serial: the link's.
    ///   - outbox: takes the answer.
    /// - Throws: what ends the session.
    mutating func attach(
        _ attach: AMQPAttach,
        kind: Result<AMQPLink.Kind, AMQPError>,
        serial: UInt64,
        _ outbox: inout AMQPOutbox
    ) throws(AMQPFault) {
        guard attach.handle < self.limits.linksMax, attach.handle <= self.peerHandleMax else {
            throw .session(
                AMQPError(.notAllowed, "the handle \(attach.handle); handles are 0 to \(self.limits.linksMax - 1)")
            )
        }
        guard self.links[attach.handle] == nil else {
            throw .session(AMQPError(.handleInUse, "the handle \(attach.handle) has a link; detach that first"))
        }
        var kind = kind
        if self.links.values.contains(where: { $0.name == attach.name && $0.role == attach.role && !$0.isDetaching }) {
            kind = .failure(AMQPError(.resourceLocked, "the session has a link of this name; detach that first"))
        }
        var answer = AMQPAttach(name: attach.name, handle: attach.handle, role: attach.role.mirrored)
        answer.senderSettleMode = attach.senderSettleMode
        answer.receiverSettleMode = 0
        answer.source = attach.source
        answer.target = attach.target
        if answer.role == .sender { answer.initialDeliveryCount = 0 }
        switch kind {
        case .success(let kind):
            var link = AMQPLink(name: attach.name, role: attach.role, kind: kind, serial: serial)
            if attach.role == .sender {
                link.deliveryCount = attach.initialDeliveryCount ?? 0
                answer.maxMessageSize = UInt64(self.messageBytesMax(kind))
            }
            self.links[attach.handle] = link
            outbox.send(.attach(answer), channel: self.channel)
            self.grantCredit(attach.handle, &outbox)
        case .failure(let error):
            // A link without its end here, and gone at once. AMQP 1.0 part 2, §2.6.3.
            if answer.role == .sender { answer.source = nil } else { answer.target = nil }
            self.links[attach.handle] = AMQPLink(name: "", role: attach.role, kind: .refused, serial: serial)
            outbox.send(.attach(answer), channel: self.channel)
            self.detach(attach.handle, error, &outbox)
        }
    }

    /// The client detaches a link, or answers our detach.
    mutating func detached(_ detach: AMQPDetach, _ outbox: inout AMQPOutbox) throws(AMQPFault) {
        guard let link = self.links.removeValue(forKey: detach.handle) else { throw self.unattached(detach.handle) }
        if !link.isDetaching {
            outbox.send(.detach(AMQPDetach(handle: detach.handle, isClosed: detach.isClosed)), channel: self.channel)
        }
    }

    /// Ends a link for a reason.
    mutating func detach(_ handle: UInt32, _ error: AMQPError, _ outbox: inout AMQPOutbox) {
        guard var link = self.links[handle], !link.isDetaching else { return }
        link.isDetaching = true
        link.partial = nil
        link.answers = []
        self.links[handle] = link
        outbox.send(.detach(AMQPDetach(handle: handle, isClosed: true, error: error)), channel: self.channel)
    }

    /// Ends the session for a reason.
    mutating func end(_ error: AMQPError, _ outbox: inout AMQPOutbox) {
        guard !self.isEnding else { return }
        self.isEnding = true
        self.links = [:]
        outbox.send(.end(error), channel: self.channel)
    }

    func unattached(_ handle: UInt32) -> AMQPFault {
        .session(AMQPError(.unattachedHandle, "no link is attached to the handle \(handle); attach one first"))
    }

    private func messageBytesMax(_ kind: AMQPLink.Kind) -> Int {
        kind == .deviceMessages ? self.limits.messageBytesMax : self.limits.tokenBytesMax
    }

    // MARK: What the client sends

    /// A frame of a message; returns the message when it is whole.
    mutating func transferred(
        _ transfer: AMQPTransfer,
        payload: ByteBuffer,
        _ outbox: inout AMQPOutbox
    ) throws(AMQPFault) -> AMQPDelivery? {
        guard self.incomingWindow > 0 else {
            throw .session(AMQPError(.windowViolation, "more transfer frames than the session's window allows"))
        }
        self.incomingWindow -= 1
        self.nextIncomingID &+= 1
        guard var link = self.links[transfer.handle] else { throw self.unattached(transfer.handle) }
        if self.incomingWindow < self.limits.windowFrames / 2 { self.sendFlow(&outbox) }
        guard !link.isDetaching else { return nil }
        guard link.role == .sender else {
            throw .link(
                handle: transfer.handle,
                AMQPError(.notAllowed, "the client is this link's receiver and sends nothing on it")
            )
        }
        // Taken out of the table while it changes.
        self.links[transfer.handle] = nil
        defer { self.links[transfer.handle] = link }
        var partial: AMQPLink.Partial
        if let begun = exchange(&link.partial, with: nil) {
            partial = begun
            guard transfer.deliveryID == nil || transfer.deliveryID == partial.deliveryID else {
                throw .link(
                    handle: transfer.handle,
                    AMQPError(.notAllowed, "a delivery began before the last frame of the one before")
                )
            }
        } else {
            guard let deliveryID = transfer.deliveryID else {
                throw .link(
                    handle: transfer.handle,
                    AMQPError(.invalidField, "the first transfer of a delivery needs a delivery-id")
                )
            }
            guard link.credit > 0 else {
                throw .link(
                    handle: transfer.handle,
                    AMQPError(.transferLimitExceeded, "more messages than the link's credit allows; wait for a flow")
                )
            }
            link.credit -= 1
            link.deliveryCount &+= 1
            partial = AMQPLink.Partial(deliveryID: deliveryID)
        }
        if transfer.isAborted { return nil }
        partial.isSettled = partial.isSettled || transfer.isSettled == true
        // What is too large is not kept, and refused when its last frame is there: the Python client cannot go on after
        // a detach, and can after a rejection.
        if partial.bytes.readableBytes + payload.readableBytes > self.messageBytesMax(link.kind) {
            partial.isTooLarge = true
            partial.bytes = ByteBuffer()
        } else if !partial.isTooLarge, partial.bytes.readableBytes == 0, !transfer.hasMore {
            partial.bytes = payload
        } else if !partial.isTooLarge {
            partial.bytes.writeImmutableBuffer(payload)
        }
        guard !transfer.hasMore else {
            link.partial = partial
            return nil
        }
        link.unsettled += 1
        return AMQPDelivery(
            handle: transfer.handle,
            linkSerial: link.serial,
            kind: link.kind,
            deliveryID: partial.deliveryID,
            isSettled: partial.isSettled,
            isTooLarge: partial.isTooLarge,
            bytes: partial.bytes
        )
    }

    /// Says what became of a message, if its link is still there and the client wants to hear it.
    mutating func settle(
        _ handle: UInt32,
        linkSerial: UInt64,
        deliveryID: UInt32,
        isSettled: Bool,
        _ state: AMQPDeliveryState,
        _ outbox: inout AMQPOutbox
    ) {
        guard var link = self.links[handle], link.serial == linkSerial, !link.isDetaching else { return }
        link.unsettled -= 1
        self.links[handle] = link
        if !isSettled {
            let disposition = AMQPDisposition(role: .receiver, first: deliveryID, isSettled: true, state: state)
            outbox.send(.disposition(disposition), channel: self.channel)
        }
        self.grantCredit(handle, &outbox)
    }

    /// Tops a link's credit up when half of it is used and settled.
    private mutating func grantCredit(_ handle: UInt32, _ outbox: inout AMQPOutbox) {
        guard var link = self.links[handle], link.role == .sender, !link.isDetaching else { return }
        let most = link.kind == .deviceMessages ? self.limits.creditMax : self.limits.tokenChecksMax
        let grant = most - link.unsettled - link.credit
        guard grant > 0, grant * 2 >= most else { return }
        link.credit += grant
        self.links[handle] = link
        self.sendFlow(&outbox, handle)
    }
}
