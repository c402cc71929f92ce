import CoreMetrics
import Gateway
import Testing

@Suite("metrics as Prometheus text 0.0.4")
struct PrometheusMetricsTests {
    @Test("every kind is written under its name with its type once")
    func kinds() {
        let metrics = PrometheusMetrics()
        Counter(label: "weir_b", dimensions: [("reason", "a\"b\\c\n")], factory: metrics).increment(by: 3)
        Counter(label: "weir_b", dimensions: [("reason", "z")], factory: metrics).increment()
        Gauge(label: "weir_a", factory: metrics).record(2.5)
        let timer = Timer(label: "weir_c", factory: metrics)
        timer.recordNanoseconds(1_000_000)
        timer.recordNanoseconds(20_000_000_000)
        let lines = metrics.text.split(separator: "\n").map(String.init)
        #expect(
            lines.prefix(5) == [
                "# TYPE weir_a gauge", "weir_a 2.5", "# TYPE weir_b_total counter",
                "weir_b_total{reason=\"a\\\"b\\\\c\\n\"} 3", "weir_b_total{reason=\"z\"} 1",
            ]
        )
        #expect(lines.contains("weir_c_seconds_bucket{le=\"0.0005\"} 0"))
        #expect(lines.contains("weir_c_seconds_bucket{le=\"0.001\"} 1"))
        #expect(lines.contains("weir_c_seconds_bucket{le=\"10\"} 1"))
        #expect(lines.contains("weir_c_seconds_bucket{le=\"+Inf\"} 2"))
        #expect(lines.contains("weir_c_seconds_sum 20.001"))
        #expect(lines.contains("weir_c_seconds_count 2"))
    }

    @Test("two handles of one name and label count together")
    func same() {
        let metrics = PrometheusMetrics()
        for _ in 0..<2 { Counter(label: "weir_x_total", factory: metrics).increment(by: 2) }
        #expect(metrics.text == "# TYPE weir_x_total counter\nweir_x_total 4\n")
    }

    @Test("counting from many threads loses nothing")
    func concurrent() async {
        let metrics = PrometheusMetrics()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    let counter = Counter(label: "n", factory: metrics)
                    let recorder = Recorder(label: "r", factory: metrics)
                    for _ in 0..<1_000 {
                        counter.increment()
                        recorder.record(1)
                    }
                }
            }
        }
        #expect(metrics.text.contains("n_total 8000\n"))
        #expect(metrics.text.contains("r_sum 8000\n"))
    }
}
