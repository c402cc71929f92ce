/// What time does: tokens end, clients fall silent, heartbeats are due.
extension AMQPConnection {
    /// Does what is due; call about once a second.
    package mutating func tick(at now: Duration) -> [AMQPEffect] {
        self.endToken(at: now)
        switch self.phase {
        case .saslHeader, .saslInit, .amqpHeader, .open:
            // Nobody listens to a reason before the connection is open.
            if now - self.unauthorizedSince > self.limits.authenticationTimeout { self.finish(.authenticationTimeout) }
        case .running: self.tickRunning(at: now)
        case .closing(let reason, let since):
            if now - since > self.limits.closeTimeout { self.finish(reason) }
        case .closed: return []
        }
        return self.takeEffects(at: now)
    }

    private mutating func tickRunning(at now: Duration) {
        if !self.isAuthorized, now - self.unauthorizedSince > self.limits.authenticationTimeout {
            let error = AMQPError(
                .unauthorizedAccess,
                "no valid token was put to $cbs for \(self.limits.authenticationTimeout.components.seconds) seconds"
            )
            return self.fail(.connection(error, .authenticationTimeout), at: now)
        }
        // Who is not read from is not silent.
        if self.mayRead, now - self.receivedLast > self.limits.idleTimeout {
            let seconds = self.limits.idleTimeout.components.seconds
            let error = AMQPError(
                .resourceLimitExceeded,
                "nothing came for \(seconds) seconds, the idle-time-out; send empty frames in between"
            )
            return self.fail(.connection(error, .idle), at: now)
        }
        if let timeout = self.peerIdleTimeout, now - self.sentLast >= timeout / 2 { self.outbox.sendHeartbeat() }
    }

    /// A token that has ended takes the links with it that needed it.
    mutating func endToken(at now: Duration) {
        guard let end = self.authorizedUntil, now >= end else { return }
        self.authorizedUntil = nil
        self.unauthorizedSince = now
        let error = AMQPError(.unauthorizedAccess, "the token has ended; put a new one to $cbs, then attach again")
        for channel in self.sessions.keys.sorted() {
            let links = self.sessions[channel]?.links ?? [:]
            for (handle, link) in links.sorted(by: { $0.key < $1.key }) where link.kind == .deviceMessages {
                self.sessions[channel]?.detach(handle, error, &self.outbox)
            }
        }
    }
}
