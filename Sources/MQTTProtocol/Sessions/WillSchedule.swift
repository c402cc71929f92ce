package import MQTTCodec

/// When the Will of a session is published, or that it is not. Spec: MQTT 5.0 §3.1.2.5, §3.1.3.2.2.
///
/// ```
/// armed ──connection ends──► waiting(until) ──tick──► done (publish)
///   └─ DISCONNECT 0x00 ─► done      └─ session resumed ─► done (never published)
/// ```
/// Pure; the caller owns the message and publishes it at ``Action/publish``.
package struct WillSchedule: Equatable, Sendable {
    /// How a connection ended.
    package enum Ending: Equatable, Sendable {
        /// DISCONNECT of the client, with its reason; 3.1.1 has only 0.
        case disconnect(ReasonCode)
        /// Anything else: a lost connection, silence, a fault of the client, the server's decision. [MQTT-3.1.2-8]
        case other
        /// Another connection took the session over: it is resumed, or ended by Clean Start. [MQTT-3.1.4-3]
        case takenOver(sessionEnds: Bool)
    }

    /// What to do now.
    package enum Action: Equatable, Sendable {
        case publish
        /// Call ``WillSchedule/tick(at:)`` then.
        case wait(until: Duration)
        /// Nothing, now and later.
        case none
    }

    private enum State: Equatable {
        case armed
        case waiting(until: Duration)
        case done
    }

    /// Seconds between the end of the connection and the Will.
    package let delaySeconds: UInt32
    private var state: State = .armed

    /// The Will of a connection that was just accepted.
    package init(delaySeconds: UInt32 = 0) {
        self.delaySeconds = delaySeconds
    }

    /// A Will whose connection ended before a restart.
    package init(waitingUntil time: Duration) {
        self.delaySeconds = 0
        self.state = .waiting(until: time)
    }

    /// The connection ended.
    ///
    /// - Parameters:
    ///   - ending: how.
    ///   - expiry: the session's, as DISCONNECT left it; when it is over before the delay, the Will does not wait longer.
    ///   - now: the time.
    /// - Returns: what to do now.
    package mutating func connectionEnded(_ ending: Ending, expiry: SessionExpiry, at now: Duration) -> Action {
        guard self.state == .armed else { return .none }
        switch ending {
        case .disconnect(.normalDisconnection):
            self.state = .done  // [MQTT-3.14.4-3]
            return .none
        case .disconnect, .other:
            return self.schedule(expiry, at: now)
        case .takenOver(let sessionEnds):
            let isCancelled = self.delaySeconds > 0 && !sessionEnds && expiry.isPersistent  // [MQTT-3.1.3-9]
            self.state = .done
            return isCancelled ? .none : .publish
        }
    }

    /// The time that was asked for came, or any other time.
    package mutating func tick(at now: Duration) -> Action {
        guard case .waiting(let until) = self.state else { return .none }
        guard now >= until else { return .wait(until: until) }
        self.state = .done
        return .publish
    }

    /// The session was resumed: a Will that still waits is not published. [MQTT-3.1.3-9]
    package mutating func sessionResumed() {
        self.state = .done
    }

    /// The session ended, by Clean Start or by the operator: a Will that still waits is published now. [MQTT-3.1.2-8]
    package mutating func sessionEnded() -> Action {
        guard case .waiting = self.state else { return .none }
        self.state = .done
        return .publish
    }

    private mutating func schedule(_ expiry: SessionExpiry, at now: Duration) -> Action {
        let delayEnd = now + .seconds(Int64(self.delaySeconds))
        let until = min(delayEnd, expiry.end(disconnectedAt: now) ?? delayEnd)
        guard until > now else {
            self.state = .done
            return .publish
        }
        self.state = .waiting(until: until)
        return .wait(until: until)
    }
}
