import CoreMetrics
import Synchronization

/// A metrics backend that a test can read: name and labels → value.
final class CountingMetrics: MetricsFactory {
    final class Series: CounterHandler, MeterHandler, RecorderHandler, TimerHandler {
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

    private let series = Mutex<[String: Series]>([:])

    /// The value of `name` or `name{label=value}`, without the prefix `weir_kafka_`; 0 when there is none.
    func value(_ name: String) -> Int64 {
        self.series.withLock { $0["weir_kafka_\(name)"]?.value ?? 0 }
    }

    private func make(_ label: String, _ dimensions: [(String, String)]) -> Series {
        let labels = dimensions.isEmpty ? "" : "{\(dimensions.map { "\($0.0)=\($0.1)" }.joined(separator: ","))}"
        return self.series.withLock { series in
            let made = series[label + labels] ?? Series()
            series[label + labels] = made
            return made
        }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        self.make(label, dimensions)
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.make(label, dimensions)
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        self.make(label, dimensions)
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        self.make(label, dimensions)
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}
