package import TelemetryModel

/// `ISFIRST`: 1 for the first counting event of each interval, else 0. Intervals begin at multiples of their length since 1970.
///
/// Source: Azure Stream Analytics, ISFIRST.
package struct FirstSeries: StatefulFunction {
    private let interval: Int64
    /// The interval of the latest counting event.
    private var latest: Int64?

    package init(interval: Int64) {
        self.interval = max(interval, 1)
    }

    package mutating func next(_ event: SeriesEvent) -> StreamValue? {
        let index = TimeUnit.quotient(event.time, self.interval)
        guard event.counts, self.latest.map({ index > $0 }) ?? true else { return .bigint(0) }
        self.latest = index
        return .bigint(1)
    }

    package func isForgotten(at time: Int64) -> Bool {
        self.latest.map { $0 < TimeUnit.quotient(time, self.interval) } ?? true
    }

    package var byteCount: Int { 32 }

    package func snapshot(into state: inout StateWriter) {
        state.write(self.latest != nil)
        state.write(self.latest ?? 0)
    }

    package init(restoring state: inout StateReader, interval: Int64) throws(StateReader.Fault) {
        self.init(interval: interval)
        let exists = try state.readBool()
        let latest = try state.readInt64()
        self.latest = exists ? latest : nil
    }
}
