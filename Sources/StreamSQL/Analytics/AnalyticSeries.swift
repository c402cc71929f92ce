internal import TelemetryModel

/// All series of one analytic function, by the values of `PARTITION BY`. Backlog has series of its own, so that it cannot
/// come between live events.
struct AnalyticSeries: Sendable {
    let plan: AnalyticPlan
    private let limits: QueryLimits
    private let functions: any StatefulFunctions
    private var keys = KeyTable()
    private var series: [(any StatefulFunction)?] = []
    private var key: [UInt8] = []
    private(set) var byteCount = 0
    /// Until when it is of no use to look again for series that can be forgotten.
    private var nextSweep = TimePolicy.earliest

    /// `nil` when nobody knows the function.
    init?(_ plan: AnalyticPlan, limits: QueryLimits, functions: any StatefulFunctions) {
        guard functions.make(plan, limits: limits) != nil else { return nil }
        self.plan = plan
        self.limits = limits
        self.functions = functions
    }

    /// The function's value for a row of its input.
    ///
    /// - Throws: When an expression has no value, or there are too many series.
    mutating func next(_ flow: FlowRow) throws(StreamFault) -> StreamValue {
        let number = try self.number(of: flow)
        var order: [StreamValue] = []
        for term in self.plan.order { order.append(try term.value(flow.row)) }
        let event = SeriesEvent(
            time: flow.time,
            value: try self.plan.argument?.read(flow.row) ?? .null,
            order: order,
            counts: try self.plan.when?.isTrue(flow.row) ?? true,
            spans: flow.spans
        )
        guard var series = self.series[number] else { return .null }
        // Taken out, so that it is changed in its place.
        self.series[number] = nil
        let before = series.byteCount
        defer {
            self.byteCount += series.byteCount - before
            self.series[number] = series
        }
        if let value = try series.next(event) { return value }
        return try self.plan.defaultValue?.value(flow.row) ?? .null
    }

    private mutating func number(of flow: FlowRow) throws(StreamFault) -> Int {
        self.key.removeAll(keepingCapacity: true)
        self.key.append(flow.isBacklog ? 1 : 0)
        for expression in self.plan.partitionBy { try expression.read(flow.row).appendKey(to: &self.key) }
        if let known = self.keys.number(of: self.key) { return known }
        if self.keys.count >= self.limits.groupsMax { self.sweep(at: flow.time) }
        guard self.keys.count < self.limits.groupsMax else {
            throw StreamFault("more than \(self.limits.groupsMax) series in \(self.plan.text)")
        }
        let number = self.keys.insert(self.key)
        let series = self.functions.make(self.plan, limits: self.limits)
        self.byteCount += (series?.byteCount ?? 0) + self.key.count + 64
        if number == self.series.count { self.series.append(series) } else { self.series[number] = series }
        return number
    }

    /// Forgets the series that have nothing to say any more; looks at all of them at most once a second of event time.
    private mutating func sweep(at time: Int64) {
        guard time >= self.nextSweep else { return }
        self.nextSweep = time + 1_000
        for number in 0..<self.keys.end where self.keys.isUsed(number) {
            guard let series = self.series[number], series.isForgotten(at: time) else { continue }
            self.byteCount -= series.byteCount + self.keys.key(number).count + 64
            self.keys.remove(number)
            self.series[number] = nil
        }
    }
}

extension AnalyticSeries {
    func snapshot(into state: inout StateWriter) {
        self.keys.snapshot(into: &state)
        state.write(self.nextSweep)
        for number in 0..<self.keys.end where self.keys.isUsed(number) { self.series[number]?.snapshot(into: &state) }
    }

    mutating func restore(_ state: inout StateReader) throws(StateReader.Fault) {
        self.keys = try KeyTable(restoring: &state)
        self.nextSweep = try state.readInt64()
        for number in 0..<self.keys.end {
            guard self.keys.isUsed(number) else {
                self.series.append(nil)
                continue
            }
            let series = try self.functions.restore(self.plan, limits: self.limits, &state)
            self.byteCount += (series?.byteCount ?? 0) + self.keys.key(number).count + 64
            self.series.append(series)
        }
    }
}

extension OrderPlan {
    /// What a row is ranked by: of a descending term it stands in an array.
    func value(_ row: StreamRow) throws(StreamFault) -> StreamValue {
        let value = try self.key.read(row)
        return self.isDescending ? .array([value]) : value
    }
}

extension CompiledExpression {
    /// The value for a row, without a call when the expression is nothing but a slot.
    @inline(__always)
    func read(_ row: StreamRow) throws(StreamFault) -> StreamValue {
        if let slot = self.slot { return row.slots[slot] }
        return try self.value(row)
    }
}
