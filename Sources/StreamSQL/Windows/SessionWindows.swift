internal import TelemetryModel

/// Session windows of any number of groups: a session goes on while rows come within the timeout of the one before.
///
/// A session ends at its last row's time plus the timeout, or at the first multiple of the greatest duration that is at least
/// so long after its start, as Azure Stream Analytics checks it: so a session may last up to twice that duration. Rows should
/// come in the order of time; one that comes too late for its session begins another.
struct SessionWindows: Sendable {
    private struct Session: Sendable {
        /// Times of the first and the last row, in milliseconds since 1970.
        var first: Int64
        var last: Int64
        var states: [AggregateState]
        var spans: InputSpans
        var byteCount: Int
        var isChanged = true
    }

    private let timeout: Int64
    private let durationMax: Int64
    private let functions: [AggregateFunction]
    private let limits: QueryLimits
    /// By group.
    private var sessions: [Session?] = []
    /// Groups with sessions by when they end, or ended before their last rows came; by timeline.
    private var dues: [DueQueue] = []
    /// Sessions that a later row has ended, by timeline.
    private var ended: [[ClosedWindow]] = []
    private(set) var byteCount = 0

    init(timeout: Int64, durationMax: Int64, functions: [AggregateFunction], limits: QueryLimits) {
        self.timeout = max(timeout, 1)
        self.durationMax = max(durationMax, 1)
        self.functions = functions
        self.limits = limits
    }

    /// When the first session of a timeline may end; the end of time when there is none.
    func nextDue(_ timeline: Int) -> Int64 {
        guard timeline < self.dues.count else { return .max }
        return self.ended[timeline].isEmpty ? self.dues[timeline].nextTime : TimePolicy.earliest
    }

    mutating func add(_ row: GroupedRow, time: Int64, group: Int, timeline: Int) {
        while self.sessions.count <= group { self.sessions.append(nil) }
        while self.dues.count <= timeline {
            self.dues.append(DueQueue())
            self.ended.append([])
        }
        if let session = self.sessions[group], time > self.end(of: session) || time < session.first - self.timeout {
            self.ended[timeline].append(self.take(session, of: group))
        }
        if self.sessions[group] == nil {
            let size = 192 + 72 * self.functions.count
            let states = self.functions.map { AggregateState($0) }
            let session = Session(first: time, last: time, states: states, spans: row.spans, byteCount: size)
            self.sessions[group] = session
            self.byteCount += size
            self.dues[timeline].insert(Int32(truncatingIfNeeded: group), at: self.end(of: session))
        }
        self.fill(group, row, time: time)
    }

    /// The next session of a timeline that ended before the watermark.
    mutating func close(before watermark: Int64, timeline: Int) -> ClosedWindow? {
        guard timeline < self.dues.count else { return nil }
        if !self.ended[timeline].isEmpty { return self.ended[timeline].removeFirst() }
        while let entry = self.dues[timeline].next(before: watermark) {
            let group = Int(entry.number)
            guard let session = self.sessions[group] else { continue }
            let end = self.end(of: session)
            if end < watermark { return self.take(session, of: group) }
            self.dues[timeline].insert(entry.number, at: end)
        }
        return nil
    }

    /// A group's session as it is, when it has changed since it was last asked for.
    mutating func early(_ group: Int) -> ClosedWindow? {
        guard group < self.sessions.count, let session = self.sessions[group], session.isChanged else { return nil }
        self.sessions[group]?.isChanged = false
        return self.window(session, of: group, kind: .early)
    }

    func isIdle(_ group: Int) -> Bool {
        group >= self.sessions.count || self.sessions[group] == nil
    }

    private mutating func fill(_ group: Int, _ row: GroupedRow, time: Int64) {
        guard var session = self.sessions[group] else { return }
        self.sessions[group] = nil
        var growth = 0
        for index in self.functions.indices {
            growth += session.states[index].add(
                row.arguments[index],
                order: row.orders.isEmpty ? [] : row.orders[index],
                limit: self.limits.valuesPerGroupMax
            )
        }
        session.spans.add(row.spans)
        session.first = min(session.first, time)
        session.last = max(session.last, time)
        session.byteCount += growth
        session.isChanged = true
        self.byteCount += growth
        self.sessions[group] = session
    }

    private func end(of session: Session) -> Int64 {
        let least = session.first + self.durationMax
        let remainder = least % self.durationMax
        let check = remainder == 0 ? least : least - remainder + (least > 0 ? self.durationMax : 0)
        return min(session.last + self.timeout, check)
    }

    private mutating func take(_ session: Session, of group: Int) -> ClosedWindow {
        self.sessions[group] = nil
        self.byteCount -= session.byteCount
        return self.window(session, of: group, kind: .final)
    }

    private func window(_ session: Session, of group: Int, kind: ResultKind) -> ClosedWindow {
        ClosedWindow(
            group: group,
            start: session.first,
            end: self.end(of: session),
            states: session.states,
            spans: session.spans,
            kind: kind
        )
    }
}

extension SessionWindows {
    /// To be called when no ended session waits, which is so between two events.
    func snapshot(into state: inout StateWriter) {
        state.write(self.sessions.count)
        for session in self.sessions {
            state.write(session != nil)
            guard let session else { continue }
            state.write(session.first)
            state.write(session.last)
            for aggregate in session.states { aggregate.snapshot(into: &state) }
            session.spans.snapshot(into: &state)
            state.write(session.byteCount)
            state.write(session.isChanged)
        }
        state.write(self.dues.count)
        for queue in self.dues { queue.snapshot(into: &state) }
    }

    mutating func restore(_ state: inout StateReader, groups: Int) throws(StateReader.Fault) {
        for _ in 0..<(try state.readCount()) {
            guard try state.readBool() else {
                self.sessions.append(nil)
                continue
            }
            let first = try state.readInt64()
            let last = try state.readInt64()
            var states: [AggregateState] = []
            for _ in self.functions { states.append(try AggregateState(restoring: &state)) }
            let spans = try InputSpans(restoring: &state)
            let size = Int(truncatingIfNeeded: try state.readInt64())
            guard (0...(1 << 48)).contains(size), first <= last else { throw state.fault }
            self.byteCount += size
            var session = Session(first: first, last: last, states: states, spans: spans, byteCount: size)
            session.isChanged = try state.readBool()
            self.sessions.append(session)
        }
        guard self.sessions.count <= groups else { throw state.fault }
        for _ in 0..<(try state.readCount(ofSize: 8)) {
            self.dues.append(try DueQueue(restoring: &state, limit: self.sessions.count))
            self.ended.append([])
        }
    }
}
