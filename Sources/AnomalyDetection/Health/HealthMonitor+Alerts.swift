package import TelemetryModel

extension HealthMonitor {
    /// Carries out what an operator asked for.
    ///
    /// - Parameters:
    ///   - action: What to do.
    ///   - series: A channel's name; `nil`: everything of the device.
    ///   - time: The action's own record, on the streams' clock.
    /// - Returns: What it changed of alerts that are open or were a short while ago; empty when there was nothing to do it to.
    package mutating func apply(_ action: OperatorAction, to series: String?, at time: Timestamp) -> [AlertChange] {
        let now = HealthMonitor.bounded(time)
        var changes = self.advance(to: now)
        for channel in self.model.channels.indices
        where series == nil || self.model.channels[channel].name == series {
            // Of a channel that has not been seen there is nothing to silence when all are meant.
            guard series != nil || self.places[channel] != nil else { continue }
            let place = self.place(of: channel)
            let before = self.channels[place].alert.life.open
            let done = self.channels[place].apply(action, at: now)
            self.tell(done, before: before, channel: place, at: now, into: &changes)
        }
        guard series == nil else { return changes }
        let silence = self.silenceAlert.life.open
        self.tell(self.silenceAlert.apply(action, at: now), self.silenceAlert, before: silence, at: now, into: &changes)
        let clock = self.clockAlert.life.open
        self.tell(self.clockAlert.apply(action, at: now), self.clockAlert, before: clock, at: now, into: &changes)
        return changes
    }

    /// Whether an operator wants to hear nothing of a channel (`nil`: of the device's silence) now.
    package func isSilenced(_ series: String?) -> Bool {
        guard let series else { return self.silenceAlert.life.isSilenced }
        guard let channel = self.model.channels.firstIndex(where: { $0.name == series }),
            let place = self.places[channel]
        else { return false }
        return self.channels[place].alert.life.isSilenced
    }

    /// Whether an alert of a channel (`nil`: of the device's silence) is open.
    package func isAlertOpen(_ series: String?) -> Bool {
        guard let series else { return self.silenceAlert.life.open != nil }
        return self.channels.contains { self.model.channels[$0.place].name == series && $0.alert.life.open != nil }
    }

    /// Takes what the silence detector found; `nil`: the device speaks.
    mutating func observeSilence(
        _ finding: HealthFinding?,
        _ position: RecordPosition,
        at now: Timestamp,
        into changes: inout [AlertChange]
    ) {
        let before = self.silenceAlert.life.open
        guard finding != nil || before != nil else { return }
        var findings = HealthFindings()
        findings.add(finding)
        let action = self.silenceAlert.observe(
            findings,
            sample: nil,
            recent: RecentSamples(),
            position: position,
            at: now,
            policy: .device
        )
        self.tell(action, self.silenceAlert, before: before, at: now, into: &changes)
    }

    /// Takes what the clock detector found.
    mutating func observeClock(
        _ finding: HealthFinding,
        _ position: RecordPosition,
        at now: Timestamp,
        into changes: inout [AlertChange]
    ) {
        let before = self.clockAlert.life.open
        guard finding.isAbnormal || before != nil else { return }
        var findings = HealthFindings()
        findings.add(finding)
        let action = self.clockAlert.observe(
            findings,
            sample: nil,
            recent: RecentSamples(),
            position: position,
            at: now,
            policy: .device
        )
        self.tell(action, self.clockAlert, before: before, at: now, into: &changes)
    }

    mutating func advanceDeviceAlerts(to now: Timestamp, into changes: inout [AlertChange]) {
        guard self.silenceAlert.life.isWaiting || self.clockAlert.life.isWaiting else { return }
        for _ in 0..<2 {
            let silence = self.silenceAlert.life.open
            let first = self.silenceAlert.advance(to: now, policy: .device)
            self.tell(first, self.silenceAlert, before: silence, at: now, into: &changes)
            let clock = self.clockAlert.life.open
            let second = self.clockAlert.advance(to: now, policy: .device)
            self.tell(second, self.clockAlert, before: clock, at: now, into: &changes)
        }
    }

    func tell(
        _ action: AlertAction,
        before: AlertLife.Open?,
        channel place: Int,
        at now: Timestamp,
        into changes: inout [AlertChange]
    ) {
        guard action != .none else { return }
        let channel = self.channels[place]
        self.tell(action, channel.alert, before: before, self.model.channels[channel.place], at: now, into: &changes)
    }

    private func tell(
        _ action: AlertAction,
        _ tracked: TrackedAlert,
        before: AlertLife.Open?,
        _ channel: ChannelModel? = nil,
        at now: Timestamp,
        into changes: inout [AlertChange]
    ) {
        guard action != .none else { return }
        let alert = tracked.alert(
            after: action,
            before: before,
            device: self.device,
            channel: channel,
            model: self.model,
            at: now
        )
        guard let alert else { return }
        changes.append(AlertChange(action: action, alert: alert))
    }
}
