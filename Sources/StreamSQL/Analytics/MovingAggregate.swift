package import TelemetryModel

/// An aggregate of the events in the time up to the present one: `AVG(x) OVER (LIMIT DURATION(minute, 5))`.
///
/// Two stacks make it quick: the later events are one aggregate, for the earlier ones there is the aggregate of each and all
/// behind it up to the later ones. So leaving is as cheap as coming, on average one merge each, and nothing is ever taken out
/// of an aggregate, which floats would not forgive. Functions that keep their values are made anew for each event instead.
package struct MovingAggregate: StatefulFunction {
    private struct Entry: Sendable {
        var time: Int64
        var value: StreamValue
        var order: [StreamValue]
    }

    private let function: AggregateFunction
    private let limit: Int64?
    private let valuesMax: Int
    /// The earlier events' times, the earliest last, and the aggregate of each with those behind it.
    private var earlier: [(time: Int64, state: AggregateState)] = []
    /// The later events, the earliest first.
    private var later: [Entry] = []
    private var laterState: AggregateState

    package init(_ function: AggregateFunction, limit: Int64?, valuesMax: Int) {
        self.function = function
        self.limit = limit
        self.valuesMax = valuesMax
        self.laterState = AggregateState(function)
    }

    private var keepsValues: Bool {
        switch self.function {
        case .countRows, .count, .sum, .avg, .min, .max, .stdev, .stdevp, .var, .varp: false
        case .countDistinct, .percentileCont, .percentileDisc, .topOne, .collect, .collectTop: true
        }
    }

    package mutating func next(_ event: SeriesEvent) throws(StreamFault) -> StreamValue? {
        if event.counts {
            if let fault = self.function.fault(of: event.value) { throw fault }
            guard self.earlier.count + self.later.count < self.valuesMax else {
                self.forget(through: event.time)
                guard self.earlier.count + self.later.count < self.valuesMax else {
                    throw StreamFault("more than \(self.valuesMax) events within LIMIT DURATION")
                }
                return try self.next(event)
            }
            self.later.append(Entry(time: event.time, value: event.value, order: event.order))
            _ = self.laterState.add(event.value, order: event.order, limit: self.valuesMax)
        }
        self.forget(through: event.time)
        if self.keepsValues {
            var state = AggregateState(self.function)
            for entry in self.later { _ = state.add(entry.value, order: entry.order, limit: self.valuesMax) }
            return try state.result(self.function)
        }
        guard var state = self.earlier.last?.state else { return try self.laterState.result(self.function) }
        state.merge(self.laterState, limit: self.valuesMax)
        return try state.result(self.function)
    }

    package func isForgotten(at time: Int64) -> Bool {
        guard let limit = self.limit else { return false }
        return (self.later.last?.time ?? self.earlier.first?.time ?? TimePolicy.earliest) <= time - limit
    }

    package var byteCount: Int { 160 + 80 * self.earlier.count + self.later.reduce(0) { $0 + 32 + $1.value.byteCount } }

    private mutating func forget(through time: Int64) {
        guard let limit = self.limit else { return }
        let oldest = time - limit
        if self.keepsValues {
            let gone = self.later.prefix { $0.time <= oldest }.count
            self.later.removeFirst(gone)
            return
        }
        while true {
            while let entry = self.earlier.last, entry.time <= oldest { self.earlier.removeLast() }
            guard self.earlier.isEmpty, let first = self.later.first, first.time <= oldest else { return }
            self.turn()
        }
    }

    /// Makes the later events the earlier ones.
    private mutating func turn() {
        for entry in self.later.reversed() {
            var state = AggregateState(self.function)
            _ = state.add(entry.value, order: entry.order, limit: self.valuesMax)
            if let behind = self.earlier.last { state.merge(behind.state, limit: self.valuesMax) }
            self.earlier.append((entry.time, state))
        }
        self.later.removeAll(keepingCapacity: true)
        self.laterState = AggregateState(self.function)
    }

    package func snapshot(into state: inout StateWriter) {
        state.write(self.earlier.count)
        for entry in self.earlier {
            state.write(entry.time)
            entry.state.snapshot(into: &state)
        }
        state.write(self.later.count)
        for entry in self.later {
            state.write(entry.time)
            entry.value.write(to: &state)
            StreamValue.writeAll(entry.order, to: &state)
        }
        self.laterState.snapshot(into: &state)
    }

    package init(
        restoring state: inout StateReader,
        _ function: AggregateFunction,
        limit: Int64?,
        valuesMax: Int
    ) throws(StateReader.Fault) {
        self.init(function, limit: limit, valuesMax: valuesMax)
        for _ in 0..<(try state.readCount(ofSize: 16)) {
            let time = try state.readInt64()
            self.earlier.append((time, try AggregateState(restoring: &state)))
        }
        for _ in 0..<(try state.readCount(ofSize: 24)) {
            let time = try state.readInt64()
            let value = try StreamValue(reading: &state)
            self.later.append(Entry(time: time, value: value, order: try StreamValue.readAll(&state)))
        }
        self.laterState = try AggregateState(restoring: &state)
    }
}
