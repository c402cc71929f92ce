package import TelemetryModel

/// One query at work: records in, results and dead letters out.
///
/// - Pure: the only clock is the enqueue time of the records and of ``advance(to:output:)``, whose times must not go back.
/// - The same records give the same results, byte for byte, however they are cut into calls and wherever the query was
///   written to a snapshot and restored between two of them.
/// - Nothing in a record stops it: what cannot take part is a dead letter with its reason.
///
/// ```
///   record ─► TopicInput: fields, time, timeline ─► SelectStage ─► rows of the step ─┬► SelectStages that read the step
///                 late, early, bad ─► dead letters                                  └► results
/// ```
package struct StreamQuery: Sendable {
    package let plan: QueryPlan
    package let options: ExecutionOptions
    package var counts = QueryCounts()
    let topology: QueryTopology
    let isKeyed: [Bool]
    /// By source: whether events have times of their own.
    let hasTimestamp: [Bool]
    /// By source: where its rows go.
    let places: [QueryTopology.Place]
    /// All stages in order, for what time does.
    let stageList: [StageReference]
    /// By source.
    var inputs: [TopicInput] = []
    /// By topic: the sources it feeds.
    private var feeds: [[Int]] = []
    /// By step and select.
    var stages: [[SelectStage]] = []
    /// By step; only where equal results count once.
    var distinct: [DistinctRows?] = []
    var timelines: Timelines
    var devices = DeviceCache()
    /// Timelines by the clock at which something of theirs may be due.
    var wakes = DueQueue()
    /// By timeline: its earliest entry in ``wakes``.
    var wakeTimes: [Int64] = []
    /// Timelines with backlog, by the clock at which it may have ended.
    var backlogEnds = DueQueue()
    /// By timeline: whether it is in ``backlogEnds``, at most once.
    var hasBacklogEnd: [Bool] = []
    var nextEarly: Int64 = .max
    var nextSweep = Timelines.earliest
    /// The largest late-arrival tolerance and delay.
    let lag: Int64
    var emission = Emission()
    /// Memory for what steps give while others' rows are on their way.
    var spareEmissions: [Emission] = []
    /// Whether any stage follows timeline 0: that of inputs without keys, and of all that waits for all timelines.
    let usesTimelineZero: Bool
    /// By step: whether its results go out.
    let isOutput: [Bool]

    /// A query before its first record.
    ///
    /// - Throws: When the plan needs reference data or functions that the environment has not.
    package init(_ plan: QueryPlan, environment: QueryEnvironment = QueryEnvironment()) throws(QueryError) {
        self.plan = plan
        self.options = environment.options
        let topology = QueryTopology(plan)
        self.topology = topology
        self.isKeyed = topology.isKeyed
        self.hasTimestamp = topology.sources.map(\.hasTimestamp)
        self.places = topology.sources.map(\.place)
        self.stageList = topology.stageList
        let isKeyed = topology.isKeyed
        self.usesTimelineZero = topology.stageList.contains { $0.soleSource < 0 || !isKeyed[$0.soleSource] }
        self.isOutput = plan.steps.map { $0.topic != nil || $0.isPrinted }
        let logTime = TimePolicy(late: .zero, outOfOrder: .zero, early: .zero, action: .adjust)
        let policies = topology.sources.map { $0.hasTimestamp ? environment.options.time : logTime }
        self.timelines = Timelines(policies: policies)
        let delays = topology.selectProgress.joined().map(\.delay)
        self.lag = (policies.map(\.late).max() ?? 0) + (delays.max() ?? 0)
        self.feeds = plan.topics.indices.map { topic in
            topology.sources.indices.filter { topology.sources[$0].topic == topic }
        }
        for source in topology.sources {
            let select = plan.steps[source.place.step].selects[source.place.select]
            self.inputs.append(
                TopicInput(
                    select.inputs[source.place.input],
                    select: select,
                    topic: plan.topics[source.topic]
                )
            )
        }
        for (step, stepPlan) in plan.steps.enumerated() {
            var stages: [SelectStage] = []
            for (index, select) in stepPlan.selects.enumerated() {
                let stage = try SelectStage(
                    select,
                    progress: topology.selectProgress[step][index],
                    buffered: select.inputs.map {
                        topology.isBuffered($0, of: select, outOfOrder: environment.options.time.outOfOrder)
                    },
                    deviceSlot: select.inputs[0].deviceSlot,
                    environment: environment
                )
                stages.append(stage)
            }
            self.stages.append(stages)
            self.distinct.append(stepPlan.removesDuplicates && stepPlan.selects.count > 1 ? DistinctRows() : nil)
        }
        // Timeline 0 is that of inputs without keys, and of places that wait for all timelines.
        _ = self.timelines.insert([])
        self.wakeTimes = [.max]
        if let early = self.options.earlyResults, early > .zero { self.nextEarly = Timelines.earliest }
    }

    /// Whether records must come with their headers.
    package var readsHeaders: Bool {
        self.inputs.contains { input in
            input.plan.reads.contains { if case .metadata(.header) = $0 { true } else { false } }
        }
    }

    /// The log's time: the enqueue time of the latest record.
    package var clock: Timestamp { Timestamp(milliseconds: self.timelines.clock) }

    /// Bytes of state, about.
    package var byteCount: Int { self.stages.joined().reduce(0) { $0 + $1.byteCount } }

    /// The earliest clock at which something happens without a record; `nil` when nothing waits. A tick must reach the log then.
    package var nextWake: Timestamp? {
        var next = min(self.wakes.nextTime, self.backlogEnds.nextTime)
        for stage in self.stages.joined() {
            let due = stage.nextDue(0)
            if due != .max { next = min(next, due + self.lag) }
        }
        return next == .max ? nil : Timestamp(milliseconds: next + 1)
    }

    // MARK: Records

    /// Takes a record.
    ///
    /// - Parameters:
    ///   - event: Its enqueue time must not be before the last one's; if it is, the last one's counts.
    ///   - output: Results are added to it.
    package mutating func receive(_ event: StreamEvent, output: inout QueryOutput) {
        self.advance(to: event.enqueued, output: &output)
        self.counts.records += 1
        guard event.topic < self.feeds.count, !event.payload.isEmpty else {
            if event.topic < self.feeds.count { self.refuse(.notJSON, "the payload is empty", event, 0, &output) }
            return
        }
        let device = self.deviceNumber(event.device)
        for source in self.feeds[event.topic] {
            if event.payload[0] == UInt8(ascii: "{") {
                self.take(event.payload, of: event, device: device, source: source, output: &output)
            } else {
                self.takeOther(event, device: device, source: source, output: &output)
            }
        }
    }

    /// Lets the log's time pass: a tick, or a record of another topic.
    @inline(__always)
    package mutating func advance(to time: Timestamp, output: inout QueryOutput) {
        guard time.milliseconds > self.timelines.clock else { return }
        self.pass(to: time.milliseconds, output: &output)
    }

    private mutating func pass(to clock: Int64, output: inout QueryOutput) {
        self.timelines.advance(to: min(clock, -Timelines.earliest))
        while let wake = self.wakes.next(before: self.timelines.clock) {
            let timeline = Int(wake.number)
            guard self.wakeTimes[timeline] == wake.time else { continue }
            self.wakeTimes[timeline] = .max
            self.settle(timeline, output: &output)
        }
        if self.usesTimelineZero { self.settle(0, output: &output) }
        while let end = self.backlogEnds.next(before: self.timelines.clock) {
            self.endBacklog(Int(end.number), output: &output)
        }
        if self.nextEarly <= self.timelines.clock { self.giveEarly(output: &output) }
    }
}
