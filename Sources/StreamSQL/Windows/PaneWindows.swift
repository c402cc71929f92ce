internal import TelemetryModel

/// Tumbling, hopping, sliding or snapshot windows of any number of groups, each group with the watermark of its timeline.
///
/// Rows are taken into panes as they come, in any order; a window is merged of its panes when the watermark has passed its
/// end, because rows may still come that are at the watermark. Backlog is taken into the same panes: a window that has
/// closed already is given again as a correction when the backlog has passed it.
///
/// Cost of a row: O(1) and the aggregates, of a result: its panes.
struct PaneWindows: Sendable {
    let schedule: WindowSchedule
    private let functions: [AggregateFunction]
    private let limits: QueryLimits
    /// Closed panes that a group keeps.
    private let keptMax: Int
    /// By number; those of numbers that are not in use are empty.
    private var groups: [GroupPanes] = []
    /// Groups with open windows, by timeline.
    private var dues: [DueQueue] = []
    /// Groups with windows to be corrected, by timeline.
    private var pending: [DueQueue] = []
    /// Bytes of all panes, about.
    private(set) var byteCount = 0
    private(set) var paneCount = 0
    /// Panes of groups that were forgotten end at or before it.
    private var forgottenThrough = TimePolicy.earliest
    /// The memory of dropped panes, for the next ones.
    private var spare: [[AggregateState]] = []

    init(_ schedule: WindowSchedule, functions: [AggregateFunction], limits: QueryLimits) {
        self.schedule = schedule
        self.functions = functions
        self.limits = limits
        self.keptMax = schedule.hop == 0 ? 0 : limits.keptPanesPerGroupMax
    }

    /// The end of the first open window of a timeline; the end of time when there is none.
    @inline(__always)
    func nextDue(_ timeline: Int) -> Int64 {
        timeline < self.dues.count ? self.dues[timeline].nextTime : .max
    }

    /// The end of the first window of a timeline that is to be corrected.
    func nextPending(_ timeline: Int) -> Int64 {
        timeline < self.pending.count ? self.pending[timeline].nextTime : .max
    }

    /// Takes a live row into its group.
    @inline(__always)
    mutating func add(_ row: GroupedRow, time: Int64, group: Int, timeline: Int) {
        let end = self.schedule.paneEnd(of: time)
        let place = self.pane(end, of: group, timeline: timeline, spans: row.spans)
        self.fill(place, of: group, row)
        let due = self.schedule.firstEnd(of: end)
        if due < self.groups[group].due {
            self.groups[group].due = due
            self.dues[timeline].insert(Int32(truncatingIfNeeded: group), at: due)
        }
    }

    /// Takes a row of the backlog into its group.
    ///
    /// - Parameters:
    ///   - row: What it brings.
    ///   - time: Its time, in milliseconds since 1970.
    ///   - group: The group's number.
    ///   - timeline: The group's timeline.
    ///   - watermark: The live one: windows that end before it are corrected, others take the row as any other.
    mutating func addBacklog(_ row: GroupedRow, time: Int64, group: Int, timeline: Int, watermark: Int64) {
        let end = self.schedule.paneEnd(of: time)
        let place = self.pane(end, of: group, timeline: timeline, spans: row.spans)
        self.fill(place, of: group, row)
        let number = Int32(truncatingIfNeeded: group)
        var window = self.schedule.firstEnd(of: end)
        while window < end + self.schedule.size {
            if window >= watermark {
                if window < self.groups[group].due {
                    self.groups[group].due = window
                    self.dues[timeline].insert(number, at: window)
                }
                return
            }
            if !self.groups[group].corrections.contains(window) {
                self.groups[group].corrections.append(window)
                self.pending[timeline].insert(number, at: window)
            }
            window += self.schedule.hop
        }
    }

    /// The next window of a timeline that ends before the watermark, which is then closed.
    mutating func close(before watermark: Int64, timeline: Int) -> ClosedWindow? {
        guard timeline < self.dues.count else { return nil }
        while let entry = self.dues[timeline].next(before: watermark) {
            let group = Int(entry.number)
            guard self.groups[group].due == entry.time else { continue }
            let window = self.window(ending: entry.time, of: group, kind: .final)
            self.proceed(group, after: entry.time, timeline: timeline)
            if let window { return window }
        }
        return nil
    }

    /// The next window of a timeline that backlog has changed and passed.
    mutating func correct(before watermark: Int64, timeline: Int) -> ClosedWindow? {
        guard timeline < self.pending.count else { return nil }
        while let entry = self.pending[timeline].next(before: watermark) {
            let group = Int(entry.number)
            guard let place = self.groups[group].corrections.firstIndex(of: entry.time) else { continue }
            self.groups[group].corrections.remove(at: place)
            let window = self.window(ending: entry.time, of: group, kind: .correction)
            self.dropClosed(group)
            if let window { return window }
        }
        return nil
    }

    /// The open windows of a group that have changed since they were last asked for, as they are.
    mutating func early(_ group: Int) -> ClosedWindow? {
        guard group < self.groups.count, self.groups[group].due != .max else { return nil }
        let range = self.groups[group].range(end: self.groups[group].due, size: self.schedule.size)
        guard range.contains(where: { self.groups[group].panes[$0].isChanged }) else { return nil }
        for place in range { self.groups[group].panes[place].isChanged = false }
        return self.window(ending: self.groups[group].due, of: group, kind: .early)
    }

    /// Whether a group may be forgotten.
    func isIdle(_ group: Int) -> Bool {
        group >= self.groups.count || self.groups[group].isIdle
    }

    /// Forgets a group and what is kept of its closed windows.
    mutating func remove(_ group: Int) {
        guard group < self.groups.count else { return }
        let last = self.groups[group].panes.last?.end ?? TimePolicy.earliest
        while var pane = self.groups[group].panes.popLast() { self.recycle(&pane) }
        self.forgottenThrough = max(self.forgottenThrough, last, self.groups[group].droppedThrough)
        self.groups[group] = GroupPanes(droppedThrough: self.forgottenThrough)
    }

    // MARK: Private

    @inline(__always)
    private mutating func pane(_ end: Int64, of group: Int, timeline: Int, spans: InputSpans) -> Int {
        if group < self.groups.count, timeline < self.dues.count, let place = self.groups[group].place(of: end) {
            return place
        }
        return self.addPane(end, of: group, timeline: timeline, spans: spans)
    }

    private mutating func addPane(_ end: Int64, of group: Int, timeline: Int, spans: InputSpans) -> Int {
        while self.groups.count <= group { self.groups.append(GroupPanes(droppedThrough: self.forgottenThrough)) }
        while self.dues.count <= timeline {
            self.dues.append(DueQueue())
            self.pending.append(DueQueue())
        }
        if let place = self.groups[group].place(of: end) { return place }
        let states = self.spare.popLast() ?? self.functions.map { AggregateState($0) }
        let size = 160 + 72 * states.count
        self.byteCount += size
        self.paneCount += 1
        return self.groups[group].insert(end: end, states: states, spans: spans, byteCount: size)
    }

    @inline(__always)
    private mutating func fill(_ place: Int, of group: Int, _ row: GroupedRow) {
        var growth = 0
        for index in self.functions.indices {
            let order = row.orders.isEmpty ? [] : row.orders[index]
            growth += self.groups[group].panes[place].states[index].add(
                row.arguments[index],
                order: order,
                limit: self.limits.valuesPerGroupMax
            )
        }
        self.groups[group].panes[place].spans.add(row.spans)
        self.groups[group].panes[place].isChanged = true
        self.groups[group].panes[place].byteCount += growth
        self.byteCount += growth
    }

    /// `nil` when the window is empty, which gives no result.
    private func window(ending end: Int64, of group: Int, kind: ResultKind) -> ClosedWindow? {
        let panes = self.groups[group].panes
        let range = self.groups[group].range(end: end, size: self.schedule.size)
        guard let first = range.first else { return nil }
        var window = ClosedWindow(
            group: group,
            start: end - self.schedule.size,
            end: end,
            states: panes[first].states,
            spans: panes[first].spans,
            kind: kind
        )
        for place in range.dropFirst() {
            for index in window.states.indices {
                window.states[index].merge(panes[place].states[index], limit: self.limits.valuesPerGroupMax)
            }
            window.spans.add(panes[place].spans)
        }
        if kind == .correction, range.contains(where: { panes[$0].isPartial }) { window.kind = .partialCorrection }
        return window
    }

    /// Finds the group's next window and lets go what no window needs any more.
    private mutating func proceed(_ group: Int, after end: Int64, timeline: Int) {
        let next = self.nextEnd(of: group, after: end)
        self.groups[group].due = next
        if next != .max { self.dues[timeline].insert(Int32(truncatingIfNeeded: group), at: next) }
        self.dropClosed(group, through: end + self.schedule.hop - self.schedule.size)
    }

    private func nextEnd(of group: Int, after end: Int64) -> Int64 {
        let size = self.schedule.size
        if self.schedule.hop == 0 {
            let entering = self.groups[group].firstPlace(after: end).map { self.groups[group].panes[$0].end }
            let leaving = self.groups[group].firstPlace(after: end - size).map {
                self.groups[group].panes[$0].end + size
            }
            return min(entering ?? .max, leaving ?? .max)
        }
        let following = end + self.schedule.hop
        guard let first = self.groups[group].firstPlace(after: following - size) else { return .max }
        return max(following, self.schedule.firstEnd(of: self.groups[group].panes[first].end))
    }

    private mutating func dropClosed(_ group: Int) {
        let open = self.groups[group].due
        self.dropClosed(group, through: open == .max ? .max : open - self.schedule.size)
    }

    private mutating func dropClosed(_ group: Int, through closed: Int64) {
        // What is still to be corrected is kept.
        guard self.groups[group].corrections.isEmpty else { return }
        let kept = self.paneCount > self.limits.keptPanesMax ? 0 : self.keptMax
        while var pane = self.groups[group].dropOne(closed: closed, kept: kept, length: self.schedule.pane) {
            self.recycle(&pane)
        }
    }

    /// Takes a dropped pane's memory for the next one.
    private mutating func recycle(_ pane: inout Pane) {
        self.byteCount -= pane.byteCount
        self.paneCount -= 1
        guard self.spare.count < 1_024 else { return }
        // Taken out, so that it is changed in its place.
        var states = exchange(&pane.states, with: [])
        for index in self.functions.indices { states[index] = AggregateState(self.functions[index]) }
        self.spare.append(states)
    }
}

extension PaneWindows {
    func snapshot(into state: inout StateWriter) {
        state.write(self.groups.count)
        for group in self.groups { group.snapshot(into: &state) }
        state.write(self.dues.count)
        for queue in self.dues { queue.snapshot(into: &state) }
        for queue in self.pending { queue.snapshot(into: &state) }
        state.write(self.forgottenThrough)
    }

    mutating func restore(_ state: inout StateReader, groups: Int) throws(StateReader.Fault) {
        for _ in 0..<(try state.readCount(ofSize: 40)) {
            let group = try GroupPanes(restoring: &state, aggregates: self.functions.count)
            self.byteCount += group.panes.reduce(0) { $0 + $1.byteCount }
            self.paneCount += group.panes.count
            self.groups.append(group)
        }
        guard self.groups.count <= groups else { throw state.fault }
        let timelines = try state.readCount(ofSize: 8)
        for _ in 0..<timelines { self.dues.append(try DueQueue(restoring: &state, limit: self.groups.count)) }
        for _ in 0..<timelines { self.pending.append(try DueQueue(restoring: &state, limit: self.groups.count)) }
        self.forgottenThrough = try state.readInt64()
    }
}
