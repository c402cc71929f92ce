import DequeModule
import NIOCore

/// Whole messages: to devices, and to `$cbs`.
extension AMQPConnection {
    mutating func delivered(_ delivery: AMQPDelivery, channel: UInt16) {
        guard let session = self.sessions[channel] else { return }
        switch delivery.kind {
        case .deviceMessages: self.deliver(delivery, session)
        case .tokenRequests: self.requested(delivery, session)
        // Transfers on them are refused by the session.
        case .tokenAnswers, .refused: break
        }
    }

    private mutating func deliver(_ delivery: AMQPDelivery, _ session: AMQPSession) {
        do throws(AMQPError) {
            let message = try CloudToDeviceMessage(try self.read(delivery))
            let id = self.begin(delivery, of: session, state: nil)
            self.outbox.append(.deliver(id, message))
        } catch {
            _ = self.begin(delivery, of: session, state: .rejected(error))
            self.settleInOrder()
        }
    }

    private func read(_ delivery: AMQPDelivery) throws(AMQPError) -> AMQPMessage {
        guard !delivery.isTooLarge else {
            let limit =
                delivery.kind == .deviceMessages ? self.limits.messageBytesMax : self.limits.tokenBytesMax
            throw AMQPError(.messageSizeExceeded, "the message has more than \(limit) bytes as encoded")
        }
        do throws(AMQPWireError) {
            return try AMQPMessage(reading: delivery.bytes)
        } catch {
            throw AMQPError(.decodeError, "\(error)")
        }
    }

    // MARK: Tokens

    private mutating func requested(_ delivery: AMQPDelivery, _ session: AMQPSession) {
        let message: AMQPMessage
        do throws(AMQPError) {
            message = try self.read(delivery)
        } catch {
            return self.settle(delivery, session, .rejected(error))
        }
        guard let (handle, link) = AMQPConnection.answerLink(session, replyTo: message.properties.replyTo) else {
            let error = AMQPError(.notAllowed, "attach a receiver to $cbs first: the answer goes there")
            return self.settle(delivery, session, .rejected(error))
        }
        guard self.checks.count + link.answers.count < self.limits.tokenChecksMax else {
            let error = AMQPError(.resourceLimitExceeded, "take the answers of $cbs before you ask for more")
            return self.settle(delivery, session, .rejected(error))
        }
        self.settle(delivery, session, .accepted)
        let pending = PendingCheck(
            channel: session.channel,
            sessionSerial: session.serial,
            handle: handle,
            linkSerial: link.serial,
            correlationID: message.properties.messageID
        )
        do throws(AMQPTokenRequest.Answer) {
            let request = try AMQPTokenRequest(message)
            let number = self.checkNext
            self.checkNext += 1
            self.checks[number] = pending
            self.outbox.append(
                .verify(AMQPTokenCheck(number: number, resource: request.resource, token: request.token))
            )
        } catch {
            self.send(error, to: pending)
        }
    }

    /// Requests are settled when they are read; only messages to devices wait.
    private mutating func settle(_ delivery: AMQPDelivery, _ session: AMQPSession, _ state: AMQPDeliveryState) {
        self.sessions[session.channel]?.settle(
            delivery.handle,
            linkSerial: delivery.linkSerial,
            deliveryID: delivery.deliveryID,
            isSettled: delivery.isSettled,
            state,
            &self.outbox
        )
    }

    /// The link that answers go to: the one that the request names, else the first.
    private static func answerLink(_ session: AMQPSession, replyTo: String?) -> (UInt32, AMQPLink)? {
        let links = session.links.sorted { $0.key < $1.key }.filter { _, link in
            if case .tokenAnswers = link.kind { !link.isDetaching } else { false }
        }
        let named = links.first { _, link in replyTo != nil && link.kind == .tokenAnswers(address: replyTo) }
        return (named ?? links.first).map { ($0.key, $0.value) }
    }

    /// A token was checked: the connection may do what it permits, and the client hears of it.
    mutating func answer(_ check: AMQPTokenCheck, _ outcome: AMQPTokenOutcome, at now: Duration) {
        guard let pending = self.checks.removeValue(forKey: check.number) else { return }
        switch outcome {
        case .accepted(let lifetime) where lifetime > .zero:
            self.authorizedUntil = now + min(lifetime, AMQPConnection.lifetimeMax)
            self.send(.accepted, to: pending)
        case .accepted, .refused:
            self.refusedTokens += 1
            self.send(.refused, to: pending)
            if self.refusedTokens >= self.limits.refusedTokensMax {
                let error = AMQPError(.unauthorizedAccess, "\(self.refusedTokens) tokens were not valid")
                self.fail(.connection(error, .tokensRefused), at: now)
            }
        case .unavailable: self.send(.unavailable, to: pending)
        }
    }

    /// A token is asked for again after that, however long it lives: a bound for the arithmetic.
    private static let lifetimeMax = Duration.seconds(10 * 365 * 86_400)

    private mutating func send(_ answer: AMQPTokenRequest.Answer, to pending: PendingCheck) {
        guard self.sessions[pending.channel]?.serial == pending.sessionSerial else { return }
        var bytes = ByteBuffer()
        answer.message(correlationID: pending.correlationID).write(to: &bytes)
        self.sessions[pending.channel]?.answer(pending.handle, linkSerial: pending.linkSerial, bytes, &self.outbox)
    }
}
