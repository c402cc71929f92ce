package import CoreMetrics
import Synchronization

/// swift-metrics' backend: keeps every metric and writes them as Prometheus text.
///
/// Handles are made once and kept by their owners, so counting is one atomic operation. The number of series is
/// bounded by the program's own labels: nothing a peer sends becomes a label.
///
/// Format: Prometheus exposition format 0.0.4.
package final class PrometheusMetrics: MetricsFactory {
    private let series = Mutex<[MetricSeries.Key: MetricSeries]>([:])

    /// An empty registry.
    package init() {}

    /// All metrics, sorted by name, each name with its type once.
    package var text: String {
        let all = self.series.withLock { Array($0.values) }.sorted { $0.key < $1.key }
        var out = ""
        var lastName = ""
        for series in all {
            if series.key.name != lastName {
                out += "# TYPE \(series.key.name) \(series.kind.rawValue)\n"
                lastName = series.key.name
            }
            series.write(into: &out)
        }
        return out
    }

    private func make(_ name: String, _ dimensions: [(String, String)], _ kind: MetricSeries.Kind) -> MetricSeries {
        let key = MetricSeries.Key(name: name, dimensions: dimensions)
        return self.series.withLock { series in
            if let known = series[key] { return known }
            let made = MetricSeries(key: key, kind: kind)
            series[key] = made
            return made
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        self.make(label.hasSuffix("_total") ? label : "\(label)_total", dimensions, .counter)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.make(label, dimensions, .gauge)
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        self.make(label, dimensions, aggregate ? .histogram : .gauge)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        self.make(label.hasSuffix("_seconds") ? label : "\(label)_seconds", dimensions, .histogram)
    }

    // A series stays for the life of the process: a counter that came back at 0 would look like a restart.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
