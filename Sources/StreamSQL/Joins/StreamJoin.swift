internal import TelemetryModel

/// A join of the rows so far (left) with the events of another stream (right), whose times must fit bounds.
///
/// A pair comes out as soon as its second row is there. A row waits until the watermark is past the last partner it could
/// have; of an outer join a left row that found none then comes out alone.
struct StreamJoin: Sendable {
    private let plan: StreamJoinPlan
    /// The right input's place among the inputs, and its slots.
    private let input: Int
    private let slots: [Int]
    private var left = JoinSide()
    private var right = JoinSide()

    init(_ plan: StreamJoinPlan, input: Int, slots: [Int]) {
        self.plan = plan
        self.input = input
        self.slots = slots
    }

    var count: Int { self.left.count + self.right.count }

    var byteCount: Int { self.left.byteCount + self.right.byteCount }

    var nextExpiry: Int64 { min(self.left.nextExpiry, self.right.nextExpiry) }

    /// Milliseconds by which a row may come out after its own time.
    static func delay(_ plan: StreamJoinPlan) -> Int64 {
        plan.isOuter ? max(plan.bounds.map { max($0.reach.upperBound, 0) }.max() ?? 0, 0) + 1 : 0
    }

    /// Takes a row of the left side.
    ///
    /// - Returns: The pairs it makes.
    mutating func receiveLeft(_ flow: FlowRow) throws(StreamFault) -> [FlowRow] {
        let expiry = self.plan.bounds.map { flow.times[$0.other] + $0.reach.upperBound }.min() ?? flow.time
        guard let key = try self.key(flow, isLeft: true) else {
            self.left.insert(flow, key: [1], expiry: expiry, hasPartner: false)
            return []
        }
        var pairs: [FlowRow] = []
        if let number = self.right.number(of: key) {
            for waiting in self.right.waiting(number) {
                if let pair = try self.pair(flow, waiting.flow) { pairs.append(pair) }
            }
        }
        self.left.insert(flow, key: key, expiry: expiry, hasPartner: !pairs.isEmpty)
        return pairs
    }

    /// Takes an event of the right side.
    ///
    /// - Returns: The pairs it makes.
    mutating func receiveRight(_ flow: FlowRow) throws(StreamFault) -> [FlowRow] {
        guard let key = try self.key(flow, isLeft: false) else { return [] }
        var pairs: [FlowRow] = []
        if let number = self.left.number(of: key) {
            for (place, waiting) in self.left.waiting(number).enumerated() {
                guard let pair = try self.pair(waiting.flow, flow) else { continue }
                pairs.append(pair)
                if !waiting.hasPartner { self.left.markPartner(number, at: place) }
            }
        }
        let reach = self.plan.bounds.map(\.reach.lowerBound).max() ?? 0
        self.right.insert(flow, key: key, expiry: flow.time - reach, hasPartner: true)
        return pairs
    }

    /// Forgets rows that can find no partner any more.
    ///
    /// - Returns: Of an outer join the left rows without partner.
    mutating func expire(before watermark: Int64) -> [FlowRow] {
        var alone: [FlowRow] = []
        while true {
            let gone = self.left.expire(before: watermark)
            if gone.isEmpty { break }
            alone += self.lonely(gone)
        }
        while !self.right.expire(before: watermark).isEmpty {}
        return alone
    }

    /// Forgets all rows of a timeline, for its backlog has ended.
    mutating func end(timeline: Int) -> [FlowRow] {
        _ = self.right.take(timeline: timeline)
        return self.lonely(self.left.take(timeline: timeline))
    }

    private func lonely(_ rows: [JoinSide.Waiting]) -> [FlowRow] {
        guard self.plan.isOuter else { return [] }
        return rows.filter { !$0.hasPartner }.map { waiting in
            var flow = waiting.flow
            flow.times.append(flow.time)
            return flow
        }
    }

    /// The values that must be equal; `nil` when one is `NULL`, which equals nothing.
    private func key(_ flow: FlowRow, isLeft: Bool) throws(StreamFault) -> [UInt8]? {
        var key: [UInt8] = [0]
        for pair in self.plan.equalities {
            let value = try (isLeft ? pair.left : pair.right).read(flow.row)
            if value.isNull { return nil }
            value.appendKey(to: &key)
        }
        return key
    }

    private func pair(_ left: FlowRow, _ right: FlowRow) throws(StreamFault) -> FlowRow? {
        let time = right.row.time
        for bounds in self.plan.bounds {
            let other = Timestamp(milliseconds: left.times[bounds.other])
            guard bounds.contains(other: other, this: time) else { return nil }
        }
        var pair = left
        for slot in self.slots { pair.row.slots[slot] = right.row.slots[slot] }
        pair.row.time = max(left.row.time, right.row.time)
        pair.times.append(right.time)
        pair.spans.add(right.spans)
        if let condition = self.plan.condition, try !condition.isTrue(pair.row) { return nil }
        return pair
    }
}

extension StreamJoin {
    func snapshot(into state: inout StateWriter) {
        self.left.snapshot(into: &state)
        self.right.snapshot(into: &state)
    }

    mutating func restore(_ state: inout StateReader, _ form: FlowRow.Form) throws(StateReader.Fault) {
        self.left = try JoinSide(restoring: &state, form, times: self.input)
        self.right = try JoinSide(restoring: &state, form, times: 0)
    }
}
