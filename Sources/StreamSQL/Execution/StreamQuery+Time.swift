internal import TelemetryModel

extension StreamQuery {
    /// Does what is due on a timeline: rows leave their buffers, joins forget, windows close.
    @inline(__always)
    mutating func settle(_ timeline: Int, output: inout QueryOutput) {
        var next = Int64.max
        for index in self.stageList.indices {
            let stage = self.stageList[index]
            var due = self.stages[stage.step][stage.select].nextDue(timeline)
            if due == .max { continue }
            let isBehind =
                stage.soleSource >= 0
                ? due < self.timelines.watermark(input: stage.soleSource, timeline: timeline)
                : self.isBehind(due, stage.step, stage.select, timeline)
            if isBehind {
                self.settle(timeline, step: stage.step, select: stage.select, output: &output)
                due = self.stages[stage.step][stage.select].nextDue(timeline)
            }
            next = min(next, due)
        }
        // Timeline 0 is looked at whenever the clock moves; the others ask to be woken.
        if timeline != 0, next != .max, next + self.lag < self.wakeTimes[timeline] {
            self.wakeTimes[timeline] = next + self.lag
            self.wakes.insert(Int32(truncatingIfNeeded: timeline), at: next + self.lag)
        }
    }

    /// Whether a watermark of the stage may have passed an instant.
    private func isBehind(_ due: Int64, _ step: Int, _ index: Int, _ timeline: Int) -> Bool {
        for input in self.topology.inputProgress[step][index].indices {
            if due < self.watermark(step, index, input: input, timeline) { return true }
        }
        return false
    }

    /// The watermark of a stage's input; of reference data, which has no time, the beginning of time.
    @inline(__always)
    private func watermark(_ step: Int, _ index: Int, input: Int, _ timeline: Int) -> Int64 {
        let progress = self.topology.inputProgress[step][index][input]
        guard !progress.sources.isEmpty else { return Timelines.earliest }
        return self.timelines.watermark(progress, timeline: progress.isGlobal ? 0 : timeline, keyed: self.isKeyed)
    }

    private mutating func settle(_ timeline: Int, step: Int, select index: Int, output: inout QueryOutput) {
        let progress = self.stages[step][index].progress
        let live = self.timelines.watermark(progress, timeline: progress.isGlobal ? 0 : timeline, keyed: self.isKeyed)
        for input in self.stages[step][index].isBuffered.indices where self.stages[step][index].isBuffered[input] {
            let own = self.watermark(step, index, input: input, timeline)
            self.stages[step][index].release(
                input: input,
                through: own,
                timeline: timeline,
                live: live,
                into: &self.emission
            )
        }
        if !progress.isGlobal || timeline == 0 {
            self.stages[step][index].expire(before: live + progress.delay, into: &self.emission)
            self.stages[step][index].close(before: live, timeline: timeline, into: &self.emission)
        }
        self.deliver(from: step, output: &output)
    }

    /// Gives the corrections that the backlog of a timeline has passed.
    mutating func settleBacklog(_ timeline: Int, output: inout QueryOutput) {
        let watermark = self.timelines.backlogWatermark(timeline: timeline, outOfOrder: self.options.time.outOfOrder)
        for step in self.stages.indices {
            for index in self.stages[step].indices where !self.stages[step][index].progress.isGlobal {
                self.stages[step][index].closeBacklog(before: watermark, timeline: timeline, into: &self.emission)
                self.deliver(from: step, output: &output)
            }
        }
    }

    /// Asks to be woken when a timeline's backlog may have ended.
    mutating func awaitBacklogEnd(_ timeline: Int) {
        while self.hasBacklogEnd.count <= timeline { self.hasBacklogEnd.append(false) }
        guard !self.hasBacklogEnd[timeline] else { return }
        self.hasBacklogEnd[timeline] = true
        let end = self.timelines.backlogClock[timeline] + self.options.time.late
        self.backlogEnds.insert(Int32(truncatingIfNeeded: timeline), at: end)
    }

    /// Ends a timeline's backlog when no more has come for the late-arrival tolerance.
    mutating func endBacklog(_ timeline: Int, output: inout QueryOutput) {
        self.hasBacklogEnd[timeline] = false
        guard self.timelines.backlogClock[timeline] + self.options.time.late < self.timelines.clock else {
            self.awaitBacklogEnd(timeline)
            return
        }
        for step in self.stages.indices {
            for index in self.stages[step].indices {
                let progress = self.stages[step][index].progress
                let live = self.timelines.watermark(
                    progress,
                    timeline: progress.isGlobal ? 0 : timeline,
                    keyed: self.isKeyed
                )
                self.stages[step][index].endBacklog(timeline: timeline, watermark: live, into: &self.emission)
                self.deliver(from: step, output: &output)
            }
        }
        self.timelines.endBacklog(timeline: timeline)
    }

    /// Gives early results of open windows, at most once for each interval of the clock.
    mutating func giveEarly(output: inout QueryOutput) {
        guard let interval = self.options.earlyResults?.wholeMilliseconds, interval > 0 else { return }
        let isFirst = self.nextEarly == Timelines.earliest
        self.nextEarly = (TimeUnit.quotient(self.timelines.clock, interval) + 1) * interval
        guard !isFirst else { return }
        for step in self.stages.indices where self.isOutput[step] {
            for index in self.stages[step].indices { self.stages[step][index].early(into: &self.emission) }
            self.deliver(from: step, output: &output)
        }
    }

    /// Forgets timelines that nothing tells from new ones; looks at all of them at most once a second of the clock.
    mutating func sweep() {
        guard self.timelines.clock >= self.nextSweep else { return }
        self.nextSweep = self.timelines.clock + 1_000
        self.forgetPlaces()
        for timeline in 1..<max(self.timelines.end, 1) where self.timelines.isForgettable(timeline) {
            let isIdle = self.stages.joined().allSatisfy { $0.nextDue(timeline) == .max && !$0.hasBacklog(timeline) }
            guard isIdle else { continue }
            self.timelines.remove(timeline)
            self.wakeTimes[timeline] = .max
        }
    }

    /// Forgets which timelines and groups belong to the devices' numbers.
    mutating func forgetPlaces() {
        for source in self.inputs.indices { self.inputs[source].timelines.removeAll(keepingCapacity: true) }
        for step in self.stages.indices {
            for index in self.stages[step].indices { self.stages[step][index].forgetDevices() }
        }
    }
}
