import NIOCore
package import TelemetryModel

extension Broker {
    /// Ends the sessions of principals that were deleted, a device's with those of its modules: whoever has the name next
    /// finds nothing of them.
    ///
    /// A session that a connection has ends with that connection, which the caller closes. Wills that wait for their delay
    /// are due. [MQTT-3.1.3-9] Looks at every session there is.
    package func endSessions(of principals: [Principal]) {
        let deleted = Set(principals)
        var numbers: [Int64] = []
        var wills: [JournaledWill] = []
        var loop: LoopSlot?
        self.withState { state in
            loop = state.loops.first
            for place in state.slots.values where deleted.covers(place.key.principal) {
                guard !place.isTaken else {
                    place.isRevoked = true
                    continue
                }
                state.removeSlot(place.key)
                guard let session = exchange(&place.session, with: nil) else { continue }
                if session.isPersistent { numbers.append(session.number) }
                if let will = state.end(session) { wills.append(will) }
            }
        }
        self.forget(numbers)
        guard let loop, !wills.isEmpty else { return }
        let due = wills
        loop.eventLoop.execute {
            for will in due { loop.loop.value.publish(will) }
        }
    }
}

extension Set<Principal> {
    /// Whether a principal is one of them, or a module of one of them.
    fileprivate func covers(_ principal: Principal) -> Bool {
        if self.contains(principal) { return true }
        guard let identity = principal.identity, identity.module != nil else { return false }
        guard let device = IdentityID(identity.device) else { return false }
        return self.contains(.identity(device))
    }
}
