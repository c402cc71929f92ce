internal import LogFormat
internal import Synchronization
internal import TelemetryModel

extension LogTopic {
    /// Removes what is too old or too much, and has the next segment begun when the last one is too old. Blocks.
    ///
    /// - Parameters:
    ///   - now: The wall clock.
    ///   - clock: What age goes by.
    /// - Throws: What ``removeSegments(before:)`` throws.
    func applyRetention(now: Timestamp, clock: RetentionClock) throws(EventLogError) {
        self.askForRoll(now: now)
        let segments = self.catalog.all
        let sealed = zip(segments, segments.dropFirst()).map { segment, next in
            RetentionPlan.Entry(
                number: segment.number,
                bytes: segment.readableBytes,
                lastStamp: next.header.stamp
            )
        }
        let settings = self.settings
        let first = RetentionPlan(settings).firstKept(
            sealed: sealed,
            activeBytes: segments[segments.count - 1].readableBytes,
            now: clock.now(retention: settings.retentionMilliseconds ?? 0)
        )
        // Also what a snapshot has held back.
        try self.removeSegments(before: first ?? 0)
    }

    /// Lets the writer begin the next segment when the active one is too old and nobody writes.
    private func askForRoll(now: Timestamp) {
        let first = self.segments.firstStamp.load(ordering: .relaxed)
        let (age, isOver) = now.milliseconds.subtractingReportingOverflow(first)
        guard !isOver, age >= self.segments.rollMilliseconds.load(ordering: .relaxed) else { return }
        let (mustWake, fenced) = self.state.withLock { state -> (Bool, FenceReason?) in
            guard state.status == .open, !state.isClosing else { return (false, nil) }
            if let reason = self.startWriter(in: &state) { return (false, reason) }
            if state.gathering.isEmpty {
                state.stamp = max(state.stamp, now)
                state.cycleSerial += 1
                state.gathering.begin(serial: state.cycleSerial, stamp: state.stamp)
            }
            state.isRollAsked = true
            defer { state.isWriterWaiting = false }
            return (state.isWriterWaiting, nil)
        }
        if mustWake { self.wake.post() }
        if let fenced { self.onFence(self, fenced) }
    }
}
