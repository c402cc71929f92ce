internal import TelemetryModel

/// One `SELECT` at work: functions that look back, joins, filter, then groups or projection.
///
/// ```
///   input 0 ─► analytics ─┐
///   input 1 ─► analytics ─┴► joins in order ─► filter ─┬► groups ─► having ─┬► projection ─► rows of the step
///                                                      └────────────────────┘
/// ```
struct SelectStage: Sendable {
    /// How an input after the first meets the rows so far.
    private enum Meeting: Sendable {
        case main
        case stream(Int)
        case reference(Int)
        case apply(ApplyPlan)
    }

    let plan: SelectPlan
    private let limits: QueryLimits
    var analytics: [AnalyticSeries] = []
    private var meetings: [Meeting] = []
    var joins: [StreamJoin] = []
    /// The same joins for backlog, which meets backlog only.
    var backlogJoins: [StreamJoin] = []
    private var references: [ReferenceJoin] = []
    /// One, or none without `GROUP BY`: as an array it is used in its place and never copied.
    var groups: [GroupStage] = []
    /// By input; used where ``isBuffered`` says so.
    var buffers: [ReorderBuffer]
    /// By input: whether its rows must be put in order.
    let isBuffered: [Bool]
    private let hasBuffers: Bool
    private let hasFilter: Bool
    /// One input, and nothing that looks back.
    private let isPlain: Bool
    /// Behind the joins.
    let progress: Progress

    init(
        _ plan: SelectPlan,
        progress: Progress,
        buffered: [Bool],
        deviceSlot: Int?,
        environment: QueryEnvironment
    ) throws(QueryError) {
        self.plan = plan
        self.limits = environment.options.limits
        self.progress = progress
        self.buffers = buffered.map { _ in ReorderBuffer() }
        self.isBuffered = buffered
        self.hasBuffers = buffered.contains(true)
        self.hasFilter = plan.filter != nil
        self.isPlain = plan.inputs.count == 1 && plan.analytics.isEmpty
        for analytic in plan.analytics {
            guard
                let series = AnalyticSeries(analytic, limits: self.limits, functions: environment.functions)
            else { throw QueryError("\(analytic.text): this function is not available here") }
            self.analytics.append(series)
        }
        for (place, input) in plan.inputs.enumerated() { try self.add(input, at: place, environment: environment) }
        if let group = plan.group {
            self.groups = [
                GroupStage(group, plan.projection, deviceSlot: deviceSlot, limits: environment.options.limits)
            ]
        }
    }

    private mutating func add(_ input: InputPlan, at place: Int, environment: QueryEnvironment) throws(QueryError) {
        switch input.role {
        case .main: self.meetings.append(.main)
        case .apply(let apply): self.meetings.append(.apply(apply))
        case .streamJoin(let join):
            self.meetings.append(.stream(self.joins.count))
            let slots = input.firstSlot..<(input.firstSlot + input.reads.count)
            let analyticSlots = self.plan.analytics.filter { $0.input == place }.map(\.slot)
            let stage = StreamJoin(join, input: place, slots: Array(slots) + analyticSlots)
            self.joins.append(stage)
            self.backlogJoins.append(stage)
        case .referenceJoin(let join):
            self.meetings.append(.reference(self.references.count))
            guard let table = environment.tables(input.source) else {
                throw QueryError("\(input.alias): there is no such reference data")
            }
            do {
                self.references.append(
                    try ReferenceJoin(join, input, slotCount: self.plan.slotCount, table: table)
                )
            } catch {
                throw QueryError("\(input.alias): \(error.reason)")
            }
        }
    }

    /// Bytes of memory, about.
    @inline(__always)
    var byteCount: Int {
        var bytes = 0
        for index in self.groups.indices { bytes += self.groups[index].byteCount }
        return self.isPlain && !self.hasBuffers ? bytes : bytes + self.bufferedBytes
    }

    private var bufferedBytes: Int {
        var bytes = 0
        for series in self.analytics { bytes += series.byteCount }
        for join in self.joins + self.backlogJoins { bytes += join.byteCount }
        for buffer in self.buffers { bytes += buffer.byteCount }
        return bytes
    }

    private var bufferedRows: Int {
        var rows = 0
        for join in self.joins + self.backlogJoins { rows += join.count }
        for buffer in self.buffers { rows += buffer.count }
        return rows
    }

    // MARK: Rows

    /// Takes a row of an input, whose slots are filled.
    ///
    /// - Parameters:
    ///   - flow: The row; its timeline may become the one that the stage follows.
    ///   - input: The input's place.
    ///   - watermark: The live one, for backlog.
    ///   - emission: Gets what the row gives.
    @inline(__always)
    mutating func receive(_ flow: inout FlowRow, input: Int, watermark: Int64, into emission: inout Emission) {
        guard self.byteCount <= self.limits.stateBytesMax else {
            emission.refuse(.limit, "the query holds more than \(self.limits.stateBytesMax) bytes", flow.spans)
            return
        }
        if self.isPlain, !self.hasBuffers {
            do throws(StreamFault) {
                try self.finish(&flow, watermark: watermark, into: &emission)
            } catch {
                emission.refuse(.fault, error.reason, flow.spans)
            }
            return
        }
        guard self.bufferedRows < self.limits.bufferedRowsMax else {
            emission.refuse(.limit, "more than \(self.limits.bufferedRowsMax) rows wait", flow.spans)
            return
        }
        if self.isBuffered[input], !flow.isBacklog {
            self.buffers[input].insert(flow)
        } else {
            self.process(flow, input: input, watermark: watermark, into: &emission)
        }
    }

    private mutating func process(_ flow: FlowRow, input: Int, watermark: Int64, into emission: inout Emission) {
        var flow = flow
        do throws(StreamFault) {
            for index in self.analytics.indices where self.analytics[index].plan.input == input {
                let value = try self.analytics[index].next(flow)
                flow.row.slots[self.analytics[index].plan.slot] = value
            }
            guard self.plan.inputs.count > 1 else {
                try self.finish(&flow, watermark: watermark, into: &emission)
                return
            }
            if input == 0 {
                flow.times = [flow.time]
                self.meet(flow, from: 1, watermark: watermark, into: &emission)
                return
            }
            guard case .stream(let place) = self.meetings[input] else { return }
            let pairs =
                flow.isBacklog
                ? try self.backlogJoins[place].receiveRight(flow) : try self.joins[place].receiveRight(flow)
            for pair in pairs { self.meet(pair, from: input + 1, watermark: watermark, into: &emission) }
        } catch {
            emission.refuse(.fault, error.reason, flow.spans)
        }
    }

    /// Takes a row through the joins from a place on.
    private mutating func meet(_ flow: FlowRow, from first: Int, watermark: Int64, into emission: inout Emission) {
        do throws(StreamFault) {
            guard first < self.meetings.count else {
                var flow = flow
                try self.finish(&flow, watermark: watermark, into: &emission)
                return
            }
            var rows: [FlowRow]
            switch self.meetings[first] {
            case .main: rows = [flow]
            case .stream(let place):
                rows =
                    flow.isBacklog
                    ? try self.backlogJoins[place].receiveLeft(flow) : try self.joins[place].receiveLeft(flow)
            case .reference(let place):
                rows = try self.references[place].receive(flow)
                for index in rows.indices { rows[index].times.append(flow.time) }
            case .apply(let apply):
                rows = try self.apply(apply, input: self.plan.inputs[first], to: flow)
                for index in rows.indices { rows[index].times.append(flow.time) }
            }
            for row in rows { self.meet(row, from: first + 1, watermark: watermark, into: &emission) }
        } catch {
            emission.refuse(.fault, error.reason, flow.spans)
        }
    }

    private func apply(_ apply: ApplyPlan, input: InputPlan, to flow: FlowRow) throws(StreamFault) -> [FlowRow] {
        guard case .array(let elements) = try apply.elements.read(flow.row), !elements.isEmpty else {
            return apply.isOuter ? [flow] : []
        }
        return elements.compactMap { element in
            guard case .record(let record) = element else { return nil }
            var row = flow
            for (place, read) in input.reads.enumerated() {
                row.row.slots[input.firstSlot + place] = read.value(ofRecord: record)
            }
            return row
        }
    }

    /// Filter, then group or projection.
    @inline(__always)
    private mutating func finish(
        _ flow: inout FlowRow,
        watermark: Int64,
        into emission: inout Emission
    ) throws(StreamFault) {
        if self.hasFilter, try self.plan.filter?.isTrue(flow.row) == false { return }
        guard self.groups.isEmpty else {
            if self.progress.isGlobal { flow.timeline = 0 }
            guard try self.groups[0].receive(flow, watermark: watermark) else {
                emission.refuse(.limit, "more than \(self.limits.groupsMax) groups", flow.spans)
                return
            }
            return
        }
        emission.rows.append(
            StepRow(
                record: try self.plan.projection.record(flow.row),
                time: flow.time,
                timeline: self.progress.isGlobal ? 0 : flow.timeline,
                kind: .final,
                isBacklog: flow.isBacklog,
                spans: flow.spans,
                windowStart: nil,
                key: []
            )
        )
    }

    // MARK: Time

    /// What next happens with time on a timeline: the earliest instant that a watermark must pass.
    @inline(__always)
    func nextDue(_ timeline: Int) -> Int64 {
        var due = self.groups.isEmpty ? .max : self.groups[0].nextDue(timeline)
        if self.isPlain, !self.hasBuffers { return due }
        if timeline == 0 { for join in self.joins { due = min(due, join.nextExpiry) } }
        for input in self.isBuffered.indices where self.isBuffered[input] {
            due = min(due, self.buffers[input].nextDue(timeline))
        }
        return due
    }

    /// Lets a buffer's rows go that none can overtake any more.
    mutating func release(
        input: Int,
        through watermark: Int64,
        timeline: Int,
        live: Int64,
        into emission: inout Emission
    ) {
        for row in self.buffers[input].take(through: watermark, timeline: timeline) {
            self.process(row, input: input, watermark: live, into: &emission)
        }
    }

    /// Lets rows go that wait in joins for partners who cannot come any more.
    mutating func expire(before watermark: Int64, into emission: inout Emission) {
        for input in self.meetings.indices {
            guard case .stream(let place) = self.meetings[input] else { continue }
            for row in self.joins[place].expire(before: watermark) {
                self.meet(row, from: input + 1, watermark: watermark, into: &emission)
            }
        }
    }

    /// Closes windows.
    mutating func close(before watermark: Int64, timeline: Int, into emission: inout Emission) {
        if self.groups.isEmpty { return }
        self.groups[0].close(before: watermark, timeline: timeline, into: &emission)
    }

    /// Gives corrections of windows that the backlog of a timeline has passed.
    mutating func closeBacklog(before watermark: Int64, timeline: Int, into emission: inout Emission) {
        if self.groups.isEmpty { return }
        self.groups[0].closeBacklog(before: watermark, timeline: timeline, into: &emission)
    }

    /// Ends what the backlog of a timeline has begun.
    mutating func endBacklog(timeline: Int, watermark: Int64, into emission: inout Emission) {
        for input in self.meetings.indices {
            guard case .stream(let place) = self.meetings[input] else { continue }
            for row in self.backlogJoins[place].end(timeline: timeline) {
                self.meet(row, from: input + 1, watermark: watermark, into: &emission)
            }
        }
        let timeline = self.progress.isGlobal ? 0 : timeline
        if self.groups.isEmpty { return }
        self.groups[0].closeBacklog(before: .max, timeline: timeline, into: &emission)
    }

    /// Whether windows of a timeline wait for more backlog.
    func hasBacklog(_ timeline: Int) -> Bool {
        self.groups.contains { $0.hasBacklog(timeline) }
    }

    mutating func early(into emission: inout Emission) {
        for index in self.groups.indices { self.groups[index].early(into: &emission) }
    }

    mutating func forgetDevices() {
        for index in self.groups.indices { self.groups[index].forgetDevices() }
    }
}
