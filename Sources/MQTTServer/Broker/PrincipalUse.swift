import TelemetryModel

/// What one principal takes of the broker's bounds, so that it leaves something to the others.
final class PrincipalUse: @unchecked Sendable {  // because its variables are used only under the broker's lock
    let principal: Principal
    /// Connected or kept.
    var sessions = 0
    /// Messages that wait for its persistent sessions.
    var waitingCount = 0
    /// Retained messages that it published since the start, those on their way to the log included.
    var retainedCount = 0
    var retainedBytes = 0

    init(_ principal: Principal) {
        self.principal = principal
    }

    var isUnused: Bool { self.sessions == 0 && self.waitingCount == 0 && self.retainedCount == 0 }
}

extension BrokerState {
    func use(of principal: Principal) -> PrincipalUse {
        if let use = self.uses[principal] { return use }
        let use = PrincipalUse(principal)
        self.uses[principal] = use
        return use
    }

    /// Forgets a principal that uses nothing.
    func release(_ use: PrincipalUse) {
        if use.isUnused { self.uses[use.principal] = nil }
    }

    /// Makes the place of a key.
    func addSlot(_ key: SessionKey) -> SessionSlot {
        let slot = SessionSlot(key: key, use: self.use(of: key.principal))
        slot.use.sessions += 1
        self.slots[key] = slot
        return slot
    }

    func removeSlot(_ key: SessionKey) {
        guard let slot = self.slots.removeValue(forKey: key) else { return }
        slot.use.sessions -= 1
        self.release(slot.use)
    }
}

extension Broker.Configuration {
    /// Messages that may wait for the sessions of one principal: a tenth of all, but what one session may have.
    var sessionQueuesShare: Int { min(self.sessionQueuesMax, max(self.sessionQueueMax, self.sessionQueuesMax / 10)) }

    /// Retained messages of one principal: a tenth of all, but 100.
    var retainedShare: Int { min(self.retainedMax, max(100, self.retainedMax / 10)) }

    /// Bytes of them: a tenth of all, but 1 MiB.
    var retainedBytesShare: Int { min(self.retainedBytesMax, max(1 << 20, self.retainedBytesMax / 10)) }
}
