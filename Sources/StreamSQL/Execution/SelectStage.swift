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
    private var analytics: [AnalyticSeries] = []
    private var meetings: [Meeting] = []
    private var joins: [StreamJoin] = []
    /// The same joins for backlog, which meets backlog only.
    private var backlogJoins: [StreamJoin] = []
    private var references: [ReferenceJoin] = []
    private(set) var group: GroupStage?
    /// By input; `nil` where rows come in order or need none.
    private(set) var buffers: [ReorderBuffer?]
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
        self.buffers = buffered.map { $0 ? ReorderBuffer() : nil }
        for analytic in plan.analytics {
            guard
                let series = AnalyticSeries(analytic, limits: self.limits, functions: environment.functions)
            else { throw QueryError("\(analytic.text): this function is not available here") }
            self.analytics.append(series)
        }
        for (place, input) in plan.inputs.enumerated() { try self.add(input, at: place, environment: environment) }
        self.group = plan.group.map {
            GroupStage($0, plan.projection, deviceSlot: deviceSlot, limits: environment.options.limits)
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
    var byteCount: Int {
        var bytes = self.group?.byteCount ?? 0
        for series in self.analytics { bytes += series.byteCount }
        for join in self.joins { bytes += join.byteCount }
        for join in self.backlogJoins { bytes += join.byteCount }
        for buffer in self.buffers { bytes += buffer?.byteCount ?? 0 }
        return bytes
    }

    private var bufferedRows: Int {
        var rows = 0
        for join in self.joins { rows += join.count }
        for join in self.backlogJoins { rows += join.count }
        for buffer in self.buffers { rows += buffer?.count ?? 0 }
        return rows
    }

    // MARK: Rows

    /// Takes a row of an input, whose slots are filled.
    @inline(__always)
    mutating func receive(_ flow: FlowRow, input: Int, watermark: Int64, into emission: inout Emission) {
        let stores = !self.joins.isEmpty || self.buffers[input] != nil
        guard self.byteCount <= self.limits.stateBytesMax else {
            emission.refuse(.limit, "the query holds more than \(self.limits.stateBytesMax) bytes", flow.spans)
            return
        }
        guard !stores || self.bufferedRows < self.limits.bufferedRowsMax else {
            emission.refuse(.limit, "more than \(self.limits.bufferedRowsMax) rows wait", flow.spans)
            return
        }
        if self.buffers[input] != nil, !flow.isBacklog {
            self.buffers[input]?.insert(flow)
        } else {
            self.process(flow, input: input, watermark: watermark, into: &emission)
        }
    }

    @inline(__always)
    private mutating func process(_ flow: FlowRow, input: Int, watermark: Int64, into emission: inout Emission) {
        do throws(StreamFault) {
            guard !self.analytics.isEmpty || self.plan.inputs.count > 1 else {
                try self.finish(flow, watermark: watermark, into: &emission)
                return
            }
            var flow = flow
            for index in self.analytics.indices where self.analytics[index].plan.input == input {
                let value = try self.analytics[index].next(flow)
                flow.row.slots[self.analytics[index].plan.slot] = value
            }
            guard self.plan.inputs.count > 1 else {
                try self.finish(flow, watermark: watermark, into: &emission)
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
                try self.finish(flow, watermark: watermark, into: &emission)
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
        _ flow: FlowRow,
        watermark: Int64,
        into emission: inout Emission
    ) throws(StreamFault) {
        if let filter = self.plan.filter, try !filter.isTrue(flow.row) { return }
        guard self.group == nil else {
            let isTaken: Bool?
            if self.progress.isGlobal, flow.timeline != 0 {
                var flow = flow
                flow.timeline = 0
                isTaken = try self.group?.receive(flow, watermark: watermark)
            } else {
                isTaken = try self.group?.receive(flow, watermark: watermark)
            }
            if isTaken == false {
                emission.refuse(.limit, "more than \(self.limits.groupsMax) groups", flow.spans)
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
        var due = self.group?.nextDue(timeline) ?? .max
        if !self.joins.isEmpty, timeline == 0 { for join in self.joins { due = min(due, join.nextExpiry) } }
        for buffer in self.buffers { due = min(due, buffer?.nextDue(timeline) ?? .max) }
        return due
    }

    /// Lets a buffer's rows go that none can overtake any more.
    mutating func release(input: Int, through watermark: Int64, timeline: Int, live: Int64, into emission: inout Emission) {
        guard let rows = self.buffers[input]?.take(through: watermark, timeline: timeline) else { return }
        for row in rows { self.process(row, input: input, watermark: live, into: &emission) }
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
        self.group?.close(before: watermark, timeline: timeline, into: &emission)
    }

    /// Gives corrections of windows that the backlog of a timeline has passed.
    mutating func closeBacklog(before watermark: Int64, timeline: Int, into emission: inout Emission) {
        self.group?.closeBacklog(before: watermark, timeline: timeline, into: &emission)
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
        self.group?.closeBacklog(before: .max, timeline: timeline, into: &emission)
    }

    /// Whether windows of a timeline wait for more backlog.
    func hasBacklog(_ timeline: Int) -> Bool {
        self.group?.hasBacklog(timeline) ?? false
    }

    mutating func early(into emission: inout Emission) {
        self.group?.early(into: &emission)
    }

    mutating func forgetDevices() {
        self.group?.forgetDevices()
    }
}

extension SelectStage {
    func snapshot(into state: inout StateWriter) {
        for series in self.analytics { series.snapshot(into: &state) }
        for join in self.joins { join.snapshot(into: &state) }
        for join in self.backlogJoins { join.snapshot(into: &state) }
        for buffer in self.buffers { buffer?.snapshot(into: &state) }
        self.group?.snapshot(into: &state)
    }

    mutating func restore(_ state: inout StateReader, timelines: Int) throws(StateReader.Fault) {
        for index in self.analytics.indices { try self.analytics[index].restore(&state) }
        let form = FlowRow.Form(slots: self.plan.slotCount, timelines: timelines)
        for index in self.joins.indices { try self.joins[index].restore(&state, form) }
        for index in self.backlogJoins.indices { try self.backlogJoins[index].restore(&state, form) }
        for input in self.buffers.indices where self.buffers[input] != nil {
            self.buffers[input] = try ReorderBuffer(restoring: &state, form)
        }
        try self.group?.restore(&state, timelines: timelines)
    }
}
