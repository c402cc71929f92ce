import CoreMetrics
import Synchronization

/// What the API has answered, as metrics, and the places for record streams.
final class APICounters: Sendable {
    private let successes: Counter
    private let refusals: Counter
    private let unauthorized: Counter
    private let failures: Counter
    private let records: Counter
    private let streamGauge: Gauge
    private let streams = Atomic<Int>(0)

    init(factory: any MetricsFactory) {
        func answers(_ outcome: String) -> Counter {
            Counter(label: "weir_api_answers_total", dimensions: [("outcome", outcome)], factory: factory)
        }
        self.successes = answers("success")
        self.refusals = answers("refused")
        self.unauthorized = answers("unauthorized")
        self.failures = answers("failed")
        self.records = Counter(label: "weir_api_records_read_total", factory: factory)
        self.streamGauge = Gauge(label: "weir_api_record_streams", factory: factory)
    }

    /// Counts an answer by its status: below 400, 401, other 4xx, from 500.
    func countAnswer(status: Int) {
        switch status {
        case ..<400: self.successes.increment()
        case 401: self.unauthorized.increment()
        case ..<500: self.refusals.increment()
        default: self.failures.increment()
        }
    }

    func countRecords(_ count: Int) {
        self.records.increment(by: count)
    }

    /// Takes one of `limit` places for a stream; `false` when all are taken.
    func openStream(limit: Int) -> Bool {
        let now = self.streams.add(1, ordering: .relaxed).newValue
        guard now <= limit else {
            self.streams.subtract(1, ordering: .relaxed)
            return false
        }
        self.streamGauge.record(now)
        return true
    }

    func closeStream() {
        self.streamGauge.record(self.streams.subtract(1, ordering: .relaxed).newValue)
    }
}
