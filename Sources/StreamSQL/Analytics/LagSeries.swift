package import TelemetryModel

/// `LAG`: the value so many counting events before the present one, while it is not as old as the limit.
///
/// Source: Azure Stream Analytics, LAG.
package struct LagSeries: StatefulFunction {
    private let offset: Int
    private let limit: Int64?
    /// The latest events, at most ``offset``, from the oldest.
    private var times: [Int64] = []
    private var values: [StreamValue] = []

    package init(offset: Int, limit: Int64?) {
        self.offset = max(offset, 1)
        self.limit = limit
    }

    package mutating func next(_ event: SeriesEvent) -> StreamValue? {
        var value: StreamValue?
        if self.times.count == self.offset, let time = self.times.first, let oldest = self.values.first,
            self.limit.map({ time > event.time - $0 }) ?? true
        {
            value = oldest
        }
        guard event.counts else { return value }
        if self.times.count == self.offset {
            self.times.removeFirst()
            self.values.removeFirst()
        }
        self.times.append(event.time)
        self.values.append(event.value)
        return value
    }

    package func isForgotten(at time: Int64) -> Bool {
        guard let limit = self.limit, let last = self.times.last else { return self.times.isEmpty }
        return last <= time - limit
    }

    package var byteCount: Int { self.values.reduce(64) { $0 + 8 + $1.byteCount } }

    package func snapshot(into state: inout StateWriter) {
        state.write(self.times.count)
        for (time, value) in zip(self.times, self.values) {
            state.write(time)
            value.write(to: &state)
        }
    }

    package init(restoring state: inout StateReader, offset: Int, limit: Int64?) throws(StateReader.Fault) {
        self.init(offset: offset, limit: limit)
        for _ in 0..<(try state.readCount(ofSize: 16)) {
            self.times.append(try state.readInt64())
            self.values.append(try StreamValue(reading: &state))
        }
        guard self.times.count <= self.offset else { throw state.fault }
    }
}
