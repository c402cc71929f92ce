package import TelemetryModel

/// `LAST`: the value of the latest counting event, the present one included, while it is not as old as the limit.
///
/// Source: Azure Stream Analytics, LAST.
package struct LastSeries: StatefulFunction {
    private let limit: Int64?
    private var time = TimePolicy.earliest
    private var value: StreamValue?

    package init(limit: Int64?) {
        self.limit = limit
    }

    package mutating func next(_ event: SeriesEvent) -> StreamValue? {
        if event.counts {
            self.time = event.time
            self.value = event.value
        }
        return self.isForgotten(at: event.time) ? nil : self.value
    }

    package func isForgotten(at time: Int64) -> Bool {
        self.value == nil || self.limit.map { self.time <= time - $0 } ?? false
    }

    package var byteCount: Int { 48 + (self.value?.byteCount ?? 0) }

    package func snapshot(into state: inout StateWriter) {
        state.write(self.time)
        state.write(self.value != nil)
        self.value?.write(to: &state)
    }

    package init(restoring state: inout StateReader, limit: Int64?) throws(StateReader.Fault) {
        self.limit = limit
        self.time = try state.readInt64()
        if try state.readBool() { self.value = try StreamValue(reading: &state) }
    }
}
