import DequeModule
import TelemetryModel

// What is to be published.
extension HomeAssistantBoard {
    /// The next messages, to be published in this order before the next are taken.
    ///
    /// - Parameters:
    ///   - count: how many at most; those of one device come together, and may be 131 more.
    ///   - now: monotonic.
    /// - Returns: none when there is nothing to say before ``due(at:)``.
    package mutating func take(atMost count: Int, at now: Duration) -> [DiscoveryMessage] {
        self.wake(at: now)
        var messages: [DiscoveryMessage] = []
        while messages.count < count {
            if let removal = self.removals.popFirst() {
                messages.append(removal)
            } else if let device = self.ready.popFirst() {
                self.write(device, at: now, to: &messages)
            } else {
                break
            }
        }
        return messages
    }

    /// When there is something to do again without any news; `nil`: never.
    package func due(at now: Duration) -> Duration? {
        guard self.ready.isEmpty, self.removals.isEmpty, self.requests.isEmpty else { return now }
        return [self.renewalDue, self.states.first, self.repeats.first, self.departures.first]
            .compactMap { $0 }.min()
    }

    // MARK: Inside

    private mutating func wake(at now: Duration) {
        if let due = self.renewalDue, due <= now { self.renewAll(at: now) }
        while let device = self.states.next(at: now) {
            self.entries[device]?.isResting = false
            if self.entries[device]?.hasNewState == true { self.makeReady(device) }
        }
        while let device = self.repeats.next(at: now) {
            guard self.entries[device]?.repeatsState == true else { continue }
            self.entries[device]?.repeatsState = false
            self.entries[device]?.hasNewState = true
            self.makeReady(device)
        }
        while let device = self.departures.next(at: now) { self.departureDue(of: device, at: now) }
    }

    private mutating func departureDue(of device: IdentityID, at now: Duration) {
        guard self.entries[device]?.awaitsDeparture == true else { return }
        self.entries[device]?.awaitsDeparture = false
        guard let due = self.entries[device]?.offlineAt else { return }
        // It was back meanwhile, and has gone again.
        guard due <= now else { return self.expectDeparture(of: device, due: due) }
        self.setOnline(device, false)
    }

    private mutating func renewAll(at now: Duration) {
        self.renewalDue = nil
        self.renewedAt = now
        for device in self.entries.keys.sorted() {
            for entity in self.entries[device]?.announced.keys.map({ $0 }) ?? [] {
                self.entries[device]?.announced[entity]?.mark = nil
            }
            self.entries[device]?.isChanged = true
            self.entries[device]?.isToldOnline = nil
            self.entries[device]?.toldSensors = nil
            self.entries[device]?.hasNewState = true
            self.makeReady(device)
        }
    }

    /// Configurations, then availability, then values: a value before its entity would be lost.
    private mutating func write(_ device: IdentityID, at now: Duration, to messages: inout [DiscoveryMessage]) {
        guard var entry = self.entries.removeValue(forKey: device) else { return }
        entry.isReady = false
        if let facts = entry.facts {
            if entry.isChanged { self.writeConfigs(of: device, &entry, facts, at: now, to: &messages) }
            if let isOnline = entry.isOnline, entry.isToldOnline != isOnline {
                entry.isToldOnline = isOnline
                entry.hasToldOnline = true
                messages.append(
                    DiscoveryMessage(
                        topic: self.settings.topics.availability(of: device),
                        payload: Array((isOnline ? "online" : "offline").utf8),
                        isRetained: true
                    )
                )
            }
            self.writeState(of: device, &entry, at: now, to: &messages)
        }
        self.entries[device] = entry
    }

    private mutating func writeConfigs(
        of device: IdentityID,
        _ entry: inout DeviceEntry,
        _ facts: DeviceFacts,
        at now: Duration,
        to messages: inout [DiscoveryMessage]
    ) {
        entry.isChanged = false
        let topics = self.settings.topics
        let entities = entry.entities
        var isNew = false
        for entity in entities {
            let payload = self.payload.config(entity, of: device, facts)
            let mark = DeviceEntry.mark(of: payload)
            guard entry.announced[entity]?.mark != mark else { continue }
            entry.announced[entity] = DeviceEntry.Announcement(mark: mark)
            isNew = true
            let topic = topics.config(entity, of: device)
            messages.append(DiscoveryMessage(topic: topic, payload: payload, isRetained: true))
        }
        let gone = Set(entry.announced.keys).subtracting(entities).sorted { $0.order < $1.order }
        for entity in gone {
            entry.announced[entity] = nil
            messages.append(.removal(of: topics.config(entity, of: device)))
        }
        self.writeSensors(of: device, &entry, facts, to: &messages)
        guard isNew else { return }
        entry.hasNewState = true
        guard !entry.repeatsState else { return }
        entry.repeatsState = true
        self.repeats.enter(device, due: now + HomeAssistantBoard.repeatDelay)
    }

    private func writeSensors(
        of device: IdentityID,
        _ entry: inout DeviceEntry,
        _ facts: DeviceFacts,
        to messages: inout [DiscoveryMessage]
    ) {
        let topic = self.settings.topics.sensors(of: device)
        guard !facts.sensors.isEmpty else {
            if entry.hasToldSensors { messages.append(.removal(of: topic)) }
            entry.hasToldSensors = false
            entry.toldSensors = nil
            return
        }
        let payload = self.payload.sensors(facts)
        let mark = DeviceEntry.mark(of: payload)
        guard entry.toldSensors != mark else { return }
        entry.toldSensors = mark
        entry.hasToldSensors = true
        messages.append(DiscoveryMessage(topic: topic, payload: payload, isRetained: true))
    }

    private mutating func writeState(
        of device: IdentityID,
        _ entry: inout DeviceEntry,
        at now: Duration,
        to messages: inout [DiscoveryMessage]
    ) {
        guard entry.hasNewState, !entry.isResting else { return }
        entry.hasNewState = false
        guard let payload = entry.statePayload else { return }
        entry.isResting = true
        self.states.enter(device, due: now + HomeAssistantBoard.stateInterval)
        messages.append(
            DiscoveryMessage(topic: self.settings.topics.state(of: device), payload: payload, isRetained: false)
        )
    }

    // MARK: The start

    /// What an earlier run said, as far as it still holds; the rest is taken away.
    mutating func restore(_ retained: RetainedDiscovery, at now: Duration) {
        let topics = self.settings.topics
        var gone = retained.topics
        for config in retained.configs.sorted(by: { ($0.device, $0.topic) < ($1.device, $1.topic) }) {
            let isOurs = config.topic == topics.config(config.entity, of: config.device)
            guard isOurs, self.entries[config.device] != nil || self.entries.count < self.settings.devicesMax else {
                self.removals.append(.removal(of: config.topic))
                continue
            }
            var entry = self.entries.removeValue(forKey: config.device) ?? DeviceEntry()
            entry.announced[config.entity] = DeviceEntry.Announcement(mark: DeviceEntry.mark(of: config.payload))
            if case .channel(let name) = config.entity, entry.channels.count < HomeAssistantBoard.channelsMax {
                entry.channels.append(DeviceEntry.Channel(name: name, text: nil, time: Timestamp(milliseconds: 0)))
            }
            self.entries[config.device] = entry
        }
        for device in self.entries.keys.sorted() {
            // What stands in these two is not known, and is published again.
            if gone.remove(topics.availability(of: device)) != nil { self.entries[device]?.hasToldOnline = true }
            if gone.remove(topics.sensors(of: device)) != nil { self.entries[device]?.hasToldSensors = true }
            self.ask(for: device)
            self.expectDeparture(of: device, due: now + self.settings.offlineDelay)
        }
        for topic in gone.sorted() { self.removals.append(.removal(of: topic)) }
    }
}
