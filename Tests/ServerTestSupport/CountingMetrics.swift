package import CoreMetrics
import Synchronization

/// A metrics backend that a test can read: name and labels → value.
package final class CountingMetrics: MetricsFactory {
    private final class Series: CounterHandler, MeterHandler, RecorderHandler, TimerHandler {
        private let total = Atomic<Int64>(0)

        var value: Int64 { self.total.load(ordering: .sequentiallyConsistent) }

        func increment(by amount: Int64) { self.total.add(amount, ordering: .sequentiallyConsistent) }
        func increment(by amount: Double) { self.increment(by: Int64(amount)) }
        func decrement(by amount: Double) { self.increment(by: -Int64(amount)) }
        func reset() { self.total.store(0, ordering: .sequentiallyConsistent) }
        func set(_ value: Int64) { self.total.store(value, ordering: .sequentiallyConsistent) }
        func set(_ value: Double) { self.set(Int64(value)) }
        /// Recorders and timers count their samples.
        func record(_ value: Int64) { self.increment(by: Int64(1)) }
        func record(_ value: Double) { self.increment(by: Int64(1)) }
        func recordNanoseconds(_ duration: Int64) { self.increment(by: Int64(1)) }
    }

    private let prefix: String
    private let series = Mutex<[String: Series]>([:])

    /// A backend for metrics whose names begin with `prefix`.
    package init(prefix: String) {
        self.prefix = prefix
    }

    /// The value of `name` or `name{label=value}`, without the prefix; 0 when there is none.
    package func value(_ name: String) -> Int64 {
        self.series.withLock { $0[self.prefix + name]?.value ?? 0 }
    }

    private func make(_ label: String, _ dimensions: [(String, String)]) -> Series {
        let labels = dimensions.isEmpty ? "" : "{\(dimensions.map { "\($0.0)=\($0.1)" }.joined(separator: ","))}"
        return self.series.withLock { series in
            let made = series[label + labels] ?? Series()
            series[label + labels] = made
            return made
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        self.make(label, dimensions)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.make(label, dimensions)
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        self.make(label, dimensions)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        self.make(label, dimensions)
    }

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
