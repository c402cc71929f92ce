internal import TelemetryModel

/// The panes of one group, by time: those of open windows, and some of closed ones for the backlog that may correct them.
///
/// Of closed panes the latest are kept, and longest those at the edges of a gap: there the backlog of a device that was away
/// begins and ends.
struct GroupPanes: Sendable {
    var panes: [Pane] = []
    /// The end of the next live window; the end of time when none is open.
    var due = Int64.max
    /// Windows that backlog has changed after they had closed, by end.
    var corrections: [Int64] = []
    /// Panes that end at or before it may have been there and are no longer kept.
    private(set) var droppedThrough: Int64
    /// The end of the latest pane there has ever been.
    private var newest = TimePolicy.earliest

    init(droppedThrough: Int64) {
        self.droppedThrough = droppedThrough
    }

    /// Whether nothing of it is waited for.
    var isIdle: Bool { self.due == .max && self.corrections.isEmpty }

    /// The place of the pane that ends at an instant; `nil` when it is not there.
    @inline(__always)
    func place(of end: Int64) -> Int? {
        var place = self.panes.count - 1
        while place >= 0, self.panes[place].end > end { place -= 1 }
        return place >= 0 && self.panes[place].end == end ? place : nil
    }

    /// Adds an empty pane in its place.
    mutating func insert(end: Int64, states: [AggregateState], spans: InputSpans, byteCount: Int) -> Int {
        var place = self.panes.count
        while place > 0, self.panes[place - 1].end > end { place -= 1 }
        var pane = Pane(end: end, previousEnd: self.newest, states: states, spans: spans, byteCount: byteCount)
        if place < self.panes.count {
            pane.previousEnd = self.panes[place].previousEnd
            // Between two neighbours nothing has ever been, whatever was dropped before them.
            if pane.previousEnd >= end {
                pane.isPartial = end <= self.droppedThrough
                pane.previousEnd = place > 0 ? self.panes[place - 1].end : TimePolicy.earliest
            }
            self.panes[place].previousEnd = end
        } else {
            pane.isPartial = end <= self.droppedThrough
        }
        self.newest = max(self.newest, end)
        self.panes.insert(pane, at: place)
        return place
    }

    /// The panes of the window that ends at an instant.
    func range(end: Int64, size: Int64) -> Range<Int> {
        var upper = self.panes.count
        while upper > 0, self.panes[upper - 1].end > end { upper -= 1 }
        var lower = upper
        while lower > 0, self.panes[lower - 1].end > end - size { lower -= 1 }
        return lower..<upper
    }

    /// The place of the first pane that ends after an instant; `nil` when none does.
    func firstPlace(after instant: Int64) -> Int? {
        self.panes.indices.first { self.panes[$0].end > instant }
    }

    /// Drops one of the panes up to `closed` when there are more than `kept` of them.
    ///
    /// - Parameters:
    ///   - closed: No open window has a pane that ends at or before it.
    ///   - kept: Most closed panes to be kept.
    ///   - length: A pane's length.
    /// - Returns: The pane that is gone.
    mutating func dropOne(closed: Int64, kept: Int, length: Int64) -> Pane? {
        var count = 0
        while count < self.panes.count, self.panes[count].end <= closed { count += 1 }
        guard count > kept else { return nil }
        let candidates = 0..<(count - kept / 2)
        let inner = candidates.first { !self.isEdge($0, length: length) }
        let pane = self.panes.remove(at: inner ?? 0)
        self.droppedThrough = max(self.droppedThrough, pane.end)
        return pane
    }

    /// Whether a gap is before or behind a pane.
    private func isEdge(_ place: Int, length: Int64) -> Bool {
        // Field by field: a pane is never copied here.
        let end = self.panes[place].end
        if end - self.panes[place].previousEnd > length { return true }
        guard place + 1 < self.panes.count else { return false }
        return self.panes[place + 1].previousEnd == end && self.panes[place + 1].end - end > length
    }
}

extension GroupPanes {
    func snapshot(into state: inout StateWriter) {
        state.write(self.panes.count)
        for pane in self.panes { pane.snapshot(into: &state) }
        state.write(self.due)
        state.write(self.corrections.count)
        for end in self.corrections { state.write(end) }
        state.write(self.droppedThrough)
        state.write(self.newest)
    }

    init(restoring state: inout StateReader, aggregates: Int) throws(StateReader.Fault) {
        self.init(droppedThrough: TimePolicy.earliest)
        for _ in 0..<(try state.readCount(ofSize: 58)) {
            let pane = try Pane(restoring: &state, aggregates: aggregates)
            guard self.panes.last.map({ $0.end < pane.end }) ?? true else { throw state.fault }
            self.panes.append(pane)
        }
        self.due = try state.readInt64()
        for _ in 0..<(try state.readCount(ofSize: 8)) { self.corrections.append(try state.readInt64()) }
        self.droppedThrough = try state.readInt64()
        self.newest = try state.readInt64()
    }
}
