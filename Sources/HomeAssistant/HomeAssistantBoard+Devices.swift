import DequeModule
package import TelemetryModel

// What the registry and the connections say.
extension HomeAssistantBoard {
    /// Devices of which the owner must tell twin and connection, by ``found(_:facts:isConnected:at:)``.
    package mutating func takeRequests(atMost count: Int) -> [IdentityID] {
        var taken: [IdentityID] = []
        while taken.count < count, let device = self.requests.popFirst() {
            guard self.entries[device]?.isAsked == true else { continue }
            self.entries[device]?.isAsked = false
            taken.append(device)
        }
        return taken
    }

    /// The answer to a request.
    ///
    /// - Parameters:
    ///   - device: who was asked for.
    ///   - facts: what its twin says; `nil`: there is no such identity.
    ///   - isConnected: whether it has a connection now.
    ///   - now: monotonic.
    package mutating func found(_ device: IdentityID, facts: DeviceFacts?, isConnected: Bool, at now: Duration) {
        guard let entry = self.entries[device] else { return }
        guard let facts else {
            self.remove(device)
            self.remember(device, in: \.strangers)
            return
        }
        guard entry.facts != facts else { return }
        self.entries[device]?.facts = facts
        self.entries[device]?.isChanged = true
        self.makeReady(device)
        guard entry.facts == nil else { return }
        let hadConnection = self.connected.remove(device) != nil
        if isConnected {
            self.connection(of: device, isConnected: true, at: now)
        } else if hadConnection {
            self.connection(of: device, isConnected: false, at: now)
        } else if entry.link == .unknown, entry.isHeard {
            self.heard(device)
        } else if entry.link == .unknown, entry.offlineAt == nil {
            self.expectDeparture(of: device, due: now + self.settings.offlineDelay)
        }
    }

    /// A device has a connection, or its last one has ended.
    package mutating func connection(of device: IdentityID, isConnected: Bool, at now: Duration) {
        guard let entry = self.entries[device] else { return self.remember(device, in: \.connected) }
        if isConnected {
            guard entry.link != .connected else { return }
            self.entries[device]?.link = .connected
            self.setOnline(device, true)
        } else if entry.link != .gone {
            self.entries[device]?.link = .gone
            if entry.isOnline == nil { self.setOnline(device, true) }
            self.expectDeparture(of: device, due: now + self.settings.offlineDelay)
        }
    }

    /// Looks at every device, for an event may have been lost.
    package mutating func reconcile(at now: Duration, isConnected: (IdentityID) -> Bool) {
        for (device, link) in self.entries.mapValues(\.link) {
            let isThere = isConnected(device)
            guard isThere != (link == .connected), isThere || link == .connected else { continue }
            self.connection(of: device, isConnected: isThere, at: now)
        }
    }

    /// A twin was changed.
    package mutating func twinChanged(_ device: IdentityID) {
        if self.entries[device] != nil { self.ask(for: device) }
    }

    /// Changes of twins or deletions may have been missed: every device is asked for.
    package mutating func verify() {
        for device in self.entries.keys.sorted() { self.ask(for: device) }
    }

    /// An identity was made: it is a stranger no more.
    package mutating func created(_ device: IdentityID) {
        self.strangers.remove(device)
    }

    /// An identity was deleted, a device with its modules: what stands of it in the broker goes.
    package mutating func deleted(_ device: IdentityID) {
        self.remove(device)
        self.connected.remove(device)
        guard device.module == nil else { return }
        for module in self.entries.keys.filter({ $0.device == device.device }).sorted() { self.remove(module) }
    }

    /// Home Assistant has started: it is told everything again.
    package mutating func renew(at now: Duration) {
        let due = max(now, self.renewedAt.map { $0 + HomeAssistantBoard.renewalInterval } ?? now)
        self.renewalDue = self.renewalDue.map { min($0, due) } ?? due
    }

    // MARK: Inside

    mutating func ask(for device: IdentityID) {
        guard self.entries[device]?.isAsked == false else { return }
        self.entries[device]?.isAsked = true
        self.requests.append(device)
    }

    /// Telemetry of a device came that is not known to have a connection: others bring it.
    mutating func heard(_ device: IdentityID) {
        self.entries[device]?.link = .none
        self.setOnline(device, true)
    }

    mutating func setOnline(_ device: IdentityID, _ isOnline: Bool) {
        self.entries[device]?.offlineAt = nil
        guard self.entries[device]?.isOnline != isOnline else { return }
        self.entries[device]?.isOnline = isOnline
        self.makeReady(device)
    }

    mutating func expectDeparture(of device: IdentityID, due: Duration) {
        guard let entry = self.entries[device] else { return }
        self.entries[device]?.offlineAt = due
        // One that is in line already stands there with an earlier time, and enters again then.
        guard !entry.awaitsDeparture else { return }
        self.entries[device]?.awaitsDeparture = true
        self.departures.enter(device, due: due)
    }

    mutating func makeReady(_ device: IdentityID) {
        guard let entry = self.entries[device], !entry.isReady, entry.facts != nil else { return }
        self.entries[device]?.isReady = true
        self.ready.append(device)
    }

    mutating func remove(_ device: IdentityID) {
        guard let entry = self.entries.removeValue(forKey: device) else { return }
        self.isFull = false
        let topics = self.settings.topics
        for entity in entry.announced.keys.sorted(by: { $0.order < $1.order }) {
            self.removals.append(.removal(of: topics.config(entity, of: device)))
        }
        if entry.hasToldOnline { self.removals.append(.removal(of: topics.availability(of: device))) }
        if entry.hasToldSensors { self.removals.append(.removal(of: topics.sensors(of: device))) }
    }

    private mutating func remember(
        _ device: IdentityID,
        in set: WritableKeyPath<HomeAssistantBoard, Set<IdentityID>>
    ) {
        if self[keyPath: set].count >= HomeAssistantBoard.rememberedMax { self[keyPath: set].removeAll() }
        self[keyPath: set].insert(device)
    }
}
