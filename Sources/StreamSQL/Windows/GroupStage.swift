internal import TelemetryModel

/// `GROUP BY`: all groups of one select, in all of its windows.
struct GroupStage: Sendable {
    /// One window of the query and where its state is.
    private struct Window: Sendable {
        var id: StreamValue
        var isSession: Bool
        /// Its place in ``panes`` or ``sessions``.
        var place: Int
        /// The place of the state that backlog has for itself; `nil` when it corrects the live windows.
        var shadow: Int?
    }

    let plan: GroupPlan
    private let projection: ProjectionPlan
    private let limits: QueryLimits
    private let functions: [AggregateFunction]
    /// By aggregate: the slot that is its argument; -1 without an argument, -2 when it must be evaluated.
    private let argumentSlots: [Int]
    private var windows: [Window] = []
    var panes: [PaneWindows] = []
    var sessions: [SessionWindows] = []
    var keys = KeyTable()
    var keyValues: [[StreamValue]] = []
    /// The timeline of each group's latest row.
    var timelines: [Int32] = []
    var keyBytes = 0
    var nextSweep = TimePolicy.earliest
    /// The only key is this slot, which holds the device id.
    private let deviceSlot: Int?
    /// Groups of the executor's device numbers, -1 for those not looked up yet; never in a snapshot.
    private var devices: [Int32] = []
    private var key: [UInt8] = []
    private var row: GroupedRow
    /// A group's row.
    private var result: StreamRow

    init(_ plan: GroupPlan, _ projection: ProjectionPlan, deviceSlot: Int?, limits: QueryLimits) {
        self.plan = plan
        self.projection = projection
        self.limits = limits
        self.functions = plan.aggregates.map(\.function)
        self.argumentSlots = plan.aggregates.map { $0.argument.map { $0.slot ?? -2 } ?? -1 }
        let isDevice = plan.keys.count == 1 && deviceSlot != nil && plan.keys[0].slot == deviceSlot
        self.deviceSlot = isDevice ? deviceSlot : nil
        let count = plan.aggregates.count
        let hasOrder = plan.aggregates.contains { !$0.order.isEmpty }
        self.row = GroupedRow(
            arguments: Array(repeating: .bit(true), count: count),
            orders: hasOrder ? Array(repeating: [], count: count) : [],
            spans: InputSpans(OffsetSpan(input: 0, partition: 0, offset: 0))
        )
        self.result = StreamRow(slotCount: plan.slotCount)
        for window in plan.windows { self.add(window) }
    }

    private mutating func add(_ window: WindowPlan) {
        let id = window.id.map { StreamValue.nvarchar($0) } ?? .null
        let schedule: WindowSchedule
        switch window.kind {
        case .tumbling(let size): schedule = .tumbling(size: size, offset: window.offset)
        case .hopping(let size, let hop): schedule = .hopping(size: size, hop: hop, offset: window.offset)
        case .sliding(let size): schedule = .sliding(size: size)
        case .snapshot: schedule = .snapshot
        case .session(let timeout, let durationMax):
            let sessions = SessionWindows(
                timeout: timeout,
                durationMax: durationMax,
                functions: self.functions,
                limits: self.limits
            )
            self.windows.append(
                Window(id: id, isSession: true, place: self.sessions.count, shadow: self.sessions.count + 1)
            )
            self.sessions += [sessions, sessions]
            return
        }
        let isSliding = schedule.hop == 0
        let panes = PaneWindows(schedule, functions: self.functions, limits: self.limits)
        self.windows.append(
            Window(id: id, isSession: false, place: self.panes.count, shadow: isSliding ? self.panes.count + 1 : nil)
        )
        self.panes += isSliding ? [panes, panes] : [panes]
    }

    /// Bytes of memory, about.
    @inline(__always)
    var byteCount: Int {
        var bytes = self.keyBytes
        for place in self.panes.indices { bytes += self.panes[place].byteCount }
        for place in self.sessions.indices { bytes += self.sessions[place].byteCount }
        return bytes
    }

    /// When the first live window of a timeline ends.
    @inline(__always)
    func nextDue(_ timeline: Int) -> Int64 {
        var due = Int64.max
        for index in self.windows.indices {
            let place = self.windows[index].place
            due = min(
                due,
                self.windows[index].isSession
                    ? self.sessions[place].nextDue(timeline) : self.panes[place].nextDue(timeline)
            )
        }
        return due
    }

    /// Takes a row into its group.
    ///
    /// - Parameters:
    ///   - flow: The row; its timeline is the one the group follows.
    ///   - watermark: The live one.
    /// - Throws: When an expression has no value or an aggregate does not take it.
    /// - Returns: Whether there is room.
    @inline(__always)
    mutating func receive(_ flow: FlowRow, watermark: Int64) throws(StreamFault) -> Bool {
        for index in self.argumentSlots.indices {
            let slot = self.argumentSlots[index]
            if slot == -1 { continue }
            let value = slot >= 0 ? flow.row.slots[slot] : try self.argument(index, flow.row)
            if let fault = self.functions[index].fault(of: value) { throw fault }
            self.row.arguments[index] = value
        }
        for index in self.row.orders.indices {
            var order: [StreamValue] = []
            for term in self.plan.aggregates[index].order { order.append(try term.value(flow.row)) }
            self.row.orders[index] = order
        }
        guard let group = try self.number(of: flow) else { return false }
        self.row.spans = flow.spans
        self.timelines[group] = Int32(truncatingIfNeeded: flow.timeline)
        for index in self.windows.indices {
            let isSession = self.windows[index].isSession
            let shadow = flow.isBacklog ? self.windows[index].shadow : nil
            let place = shadow ?? self.windows[index].place
            if isSession {
                self.sessions[place].add(self.row, time: flow.time, group: group, timeline: flow.timeline)
            } else if flow.isBacklog, shadow == nil {
                self.panes[place].addBacklog(
                    self.row,
                    time: flow.time,
                    group: group,
                    timeline: flow.timeline,
                    watermark: watermark
                )
            } else {
                self.panes[place].add(self.row, time: flow.time, group: group, timeline: flow.timeline)
            }
        }
        return true
    }

    /// Gives the results of the windows of a timeline that ended before the watermark.
    mutating func close(before watermark: Int64, timeline: Int, into emission: inout Emission) {
        for window in self.windows {
            if window.isSession {
                while let closed = self.sessions[window.place].close(before: watermark, timeline: timeline) {
                    self.emit(closed, of: window, timeline: timeline, into: &emission)
                }
            } else {
                while let closed = self.panes[window.place].close(before: watermark, timeline: timeline) {
                    self.emit(closed, of: window, timeline: timeline, into: &emission)
                }
            }
        }
    }

    /// Gives the results of what backlog has changed and passed.
    mutating func closeBacklog(before watermark: Int64, timeline: Int, into emission: inout Emission) {
        for window in self.windows {
            guard let shadow = window.shadow else {
                while let closed = self.panes[window.place].correct(before: watermark, timeline: timeline) {
                    self.emit(closed, of: window, timeline: timeline, into: &emission)
                }
                continue
            }
            while var closed = window.isSession
                ? self.sessions[shadow].close(before: watermark, timeline: timeline)
                : self.panes[shadow].close(before: watermark, timeline: timeline)
            {
                closed.kind = .partialCorrection
                self.emit(closed, of: window, timeline: timeline, into: &emission)
            }
        }
    }

    /// Gives what open windows hold that have changed since the last time.
    mutating func early(into emission: inout Emission) {
        for window in self.windows {
            for group in 0..<self.keys.end where self.keys.isUsed(group) {
                let closed =
                    window.isSession ? self.sessions[window.place].early(group) : self.panes[window.place].early(group)
                guard let closed else { continue }
                self.emit(closed, of: window, timeline: Int(self.timelines[group]), into: &emission)
            }
        }
    }

    /// Whether backlog of a timeline is still to be given.
    func hasBacklog(_ timeline: Int) -> Bool {
        self.windows.contains { window in
            guard let shadow = window.shadow else { return self.panes[window.place].nextPending(timeline) != .max }
            return window.isSession
                ? self.sessions[shadow].nextDue(timeline) != .max : self.panes[shadow].nextDue(timeline) != .max
        }
    }

    /// Forgets what it remembers of the executor's device numbers.
    mutating func forgetDevices() {
        self.devices.removeAll(keepingCapacity: true)
    }

    // MARK: Private

    private func argument(_ index: Int, _ row: StreamRow) throws(StreamFault) -> StreamValue {
        try self.plan.aggregates[index].argument?.value(row) ?? .null
    }

    /// The group's number; `nil` when there is no room for another.
    @inline(__always)
    private mutating func number(of flow: FlowRow) throws(StreamFault) -> Int? {
        if self.deviceSlot != nil, flow.device >= 0, flow.device < self.devices.count, self.devices[flow.device] >= 0 {
            return Int(self.devices[flow.device])
        }
        let number = try self.lookUp(flow)
        if let number, self.deviceSlot != nil, flow.device >= 0 {
            while self.devices.count <= flow.device { self.devices.append(-1) }
            self.devices[flow.device] = Int32(truncatingIfNeeded: number)
        }
        return number
    }

    private mutating func lookUp(_ flow: FlowRow) throws(StreamFault) -> Int? {
        self.key.removeAll(keepingCapacity: true)
        for expression in self.plan.keys { try expression.read(flow.row).appendKey(to: &self.key) }
        if let known = self.keys.number(of: self.key) { return known }
        if self.keys.count >= self.limits.groupsMax { self.sweep(at: flow.time) }
        guard self.keys.count < self.limits.groupsMax else { return nil }
        var values: [StreamValue] = []
        for expression in self.plan.keys { values.append(try expression.read(flow.row)) }
        let number = self.keys.insert(self.key)
        self.keyBytes += 2 * self.key.count + 128
        if number == self.keyValues.count {
            self.keyValues.append(values)
            self.timelines.append(0)
        } else {
            self.keyValues[number] = values
        }
        return number
    }

    /// Forgets groups without open windows; looks at all of them at most once a second of event time.
    private mutating func sweep(at time: Int64) {
        guard time >= self.nextSweep else { return }
        self.nextSweep = time + 1_000
        self.forgetDevices()
        for group in 0..<self.keys.end where self.keys.isUsed(group) {
            guard self.panes.allSatisfy({ $0.isIdle(group) }), self.sessions.allSatisfy({ $0.isIdle(group) }) else {
                continue
            }
            for place in self.panes.indices { self.panes[place].remove(group) }
            self.keyBytes -= 2 * self.keys.key(group).count + 128
            self.keys.remove(group)
            self.keyValues[group] = []
        }
    }

    private mutating func emit(
        _ closed: ClosedWindow,
        of window: Window,
        timeline: Int,
        into emission: inout Emission
    ) {
        let keys = self.keyValues[closed.group]
        do throws(StreamFault) {
            for (slot, value) in keys.enumerated() { self.result.slots[slot] = value }
            for index in self.functions.indices {
                let value = try closed.states[index].result(self.functions[index])
                self.result.slots[self.plan.firstAggregateSlot + index] = value
            }
            self.result.slots[self.plan.windowIDSlot] = window.id
            self.result.slots[self.plan.windowStartSlot] = .datetime(Timestamp(milliseconds: closed.start))
            self.result.time = Timestamp(milliseconds: closed.end)
            if let having = self.plan.having, try !having.isTrue(self.result) { return }
            emission.rows.append(
                StepRow(
                    record: try self.projection.record(self.result),
                    time: closed.end,
                    timeline: timeline,
                    kind: closed.kind,
                    isBacklog: closed.kind == .correction || closed.kind == .partialCorrection,
                    spans: closed.spans,
                    windowStart: closed.start,
                    key: keys
                )
            )
        } catch {
            emission.refuse(.fault, error.reason, closed.spans)
        }
    }
}
