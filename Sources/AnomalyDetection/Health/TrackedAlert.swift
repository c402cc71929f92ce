internal import TelemetryModel

/// An ``AlertLife`` with what its alert is told with: the findings, the window, the records. About 300 bytes, and the window.
struct TrackedAlert: Equatable, Sendable {
    /// What is kept of an alert from its beginning until it cannot go on any more.
    private struct Evidence: Equatable {
        /// The worst finding since it began, or began again.
        var worst: HealthFinding
        var detectors: UInt16
        var window: [AlertSample]
        var first: RecordPosition
        var last: RecordPosition
    }

    private(set) var life = AlertLife()
    private var evidence: Evidence?

    /// Takes what was found at a record.
    ///
    /// - Parameters:
    ///   - findings: Of all detectors that share this alert.
    ///   - sample: The reading, for the window of an open alert.
    ///   - recent: The readings up to this one, asked for when an alert begins.
    ///   - position: The record.
    ///   - arrival: The instant on the clock of the streams.
    ///   - policy: The same for every call.
    /// - Returns: What happened to the alert.
    mutating func observe(
        _ findings: HealthFindings,
        sample: AlertSample?,
        recent: RecentSamples,
        position: RecordPosition,
        at arrival: Timestamp,
        policy: AlertPolicy
    ) -> AlertAction {
        var observation = AlertObservation.normal
        if findings.isAbnormal, let worst = findings.worst {
            observation = .abnormal(severity: findings.severity, score: worst.score)
        }
        let action = self.life.observe(observation, at: arrival, policy: policy)
        guard self.life.open != nil || action != .none, let finding = findings.worst else {
            if self.evidence != nil, self.life.isIdle(at: arrival, policy: policy) { self.evidence = nil }
            return action
        }
        if action == .opened {
            self.evidence = Evidence(
                worst: finding,
                detectors: 0,
                window: recent.inOrder,
                first: position,
                last: position
            )
        } else if let sample, (self.evidence?.window.count ?? 0) < Alert.windowMax {
            self.evidence?.window.append(sample)
        }
        if findings.isAbnormal {
            self.evidence?.last = position
            self.evidence?.detectors |= findings.abnormal
            let isWorst = finding.score >= self.evidence?.worst.score ?? 0
            if isWorst || action == .reopened { self.evidence?.worst = finding }
        }
        return action
    }

    mutating func advance(to now: Timestamp, policy: AlertPolicy) -> AlertAction {
        self.life.advance(to: now, policy: policy)
    }

    mutating func apply(_ action: OperatorAction, at time: Timestamp) -> AlertAction {
        self.life.apply(action, at: time)
    }

    /// The alert as it is told after an action.
    ///
    /// - Parameters:
    ///   - action: What happened.
    ///   - before: The life's open alert before the action, for one that has just ended.
    ///   - device: The device's id.
    ///   - channel: `nil` when it is about the device as a whole.
    ///   - model: Whose rule it is.
    ///   - now: The instant of the action.
    /// - Returns: `nil` when there has been no alert.
    func alert(
        after action: AlertAction,
        before: AlertLife.Open?,
        device: String,
        channel: ChannelModel?,
        model: HealthModel,
        at now: Timestamp
    ) -> Alert? {
        guard let open = self.life.open ?? before, let evidence = self.evidence else { return nil }
        let sentence = HealthSentence(device: device, channel: channel, finding: evidence.worst)
        return Alert(
            rule: model.rule,
            ruleVersion: model.ruleVersion,
            device: device,
            series: channel?.name,
            finding: evidence.worst,
            detectors: HealthFindings.detectors(in: evidence.detectors),
            severity: open.severity,
            state: self.life.open == nil ? .clear : action == .opened || action == .reopened ? .open : .hold,
            openedAt: open.openedAt,
            lastAt: open.lastAt,
            clearedAt: self.life.open == nil ? now : nil,
            acknowledgedAt: open.acknowledgedAt,
            acknowledgedBy: open.acknowledgedBy,
            silencedUntil: self.life.silencedUntil,
            window: evidence.window,
            topic: model.topic,
            first: evidence.first,
            last: evidence.last,
            sentence: sentence.text(action, openedAt: open.openedAt, at: now)
        )
    }

    func snapshot(into state: inout StateWriter) {
        self.life.snapshot(into: &state)
        state.write(self.evidence != nil)
        guard let evidence = self.evidence else { return }
        evidence.worst.snapshot(into: &state)
        state.write(Int(evidence.detectors))
        AlertSample.write(evidence.window, to: &state)
        for position in [evidence.first, evidence.last] {
            state.write(position.partition)
            state.write(position.offset)
        }
    }
}

extension TrackedAlert {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.life = try AlertLife(restoring: &state)
        guard try state.readBool() else { return }
        let worst = try HealthFinding(restoring: &state)
        let detectors = UInt16(try state.readTally(atMost: (1 << HealthDetector.allCases.count) - 1))
        let window = try AlertSample.read(atMost: Alert.windowMax, from: &state)
        let first = RecordPosition(partition: try state.readTally(), offset: try state.readInt64())
        let last = RecordPosition(partition: try state.readTally(), offset: try state.readInt64())
        self.evidence = Evidence(worst: worst, detectors: detectors, window: window, first: first, last: last)
    }
}
