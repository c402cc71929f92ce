import CoreMetrics
import Synchronization

/// One metric with its labels; counting is lock-free.
final class MetricSeries: Sendable {
    enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    struct Key: Hashable, Comparable, Sendable {
        var name: String
        /// `{reason="malformed"}`, empty without labels.
        var labels: String

        init(name: String, dimensions: [(String, String)]) {
            self.name = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
            self.labels = dimensions.map { "\($0.0)=\"\(Key.escaped($0.1))\"" }.joined(separator: ",")
        }

        private static func escaped(_ value: String) -> String {
            value.reduce(into: "") { text, character in
                switch character {
                case "\\": text += "\\\\"
                case "\"": text += "\\\""
                case "\n": text += "\\n"
                default: text.append(character)
                }
            }
        }

        static func < (left: Key, right: Key) -> Bool {
            (left.name, left.labels) < (right.name, right.labels)
        }
    }

    /// Upper bounds of the histogram's buckets, in seconds for timers.
    static let bounds: [Double] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    let key: Key
    let kind: Kind
    private let total = Atomic<Int64>(0)
    /// The bits of a Double: the gauge's value or the histogram's sum.
    private let sum = Atomic<UInt64>(0)
    private let buckets: Mutex<[UInt64]>

    init(key: Key, kind: Kind) {
        self.key = key
        self.kind = kind
        self.buckets = Mutex(kind == .histogram ? Array(repeating: 0, count: MetricSeries.bounds.count + 1) : [])
    }

    func write(into out: inout String) {
        let labels = self.key.labels.isEmpty ? "" : "{\(self.key.labels)}"
        switch self.kind {
        case .counter:
            out += "\(self.key.name)\(labels) \(self.total.load(ordering: .relaxed))\n"
        case .gauge:
            out += "\(self.key.name)\(labels) \(MetricSeries.text(self.value))\n"
        case .histogram:
            let (counts, sum) = self.buckets.withLock { ($0, self.value) }
            let separator = self.key.labels.isEmpty ? "" : ","
            var cumulative: UInt64 = 0
            for (bound, count) in zip(MetricSeries.bounds.map(MetricSeries.text) + ["+Inf"], counts) {
                cumulative += count
                out += "\(self.key.name)_bucket{\(self.key.labels)\(separator)le=\"\(bound)\"} \(cumulative)\n"
            }
            out += "\(self.key.name)_sum\(labels) \(MetricSeries.text(sum))\n"
            out += "\(self.key.name)_count\(labels) \(cumulative)\n"
        }
    }

    private var value: Double { Double(bitPattern: self.sum.load(ordering: .relaxed)) }

    private func add(_ amount: Double) {
        var old = self.sum.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, original) = self.sum.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = original
        }
    }

    private func observe(_ value: Double) {
        let index = MetricSeries.bounds.firstIndex { value <= $0 } ?? MetricSeries.bounds.count
        self.buckets.withLock { $0[index] += 1 }
        self.add(value)
    }

    private static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }
}

extension MetricSeries: CounterHandler {
    func increment(by amount: Int64) {
        self.total.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() {
        self.total.store(0, ordering: .relaxed)
    }
}

extension MetricSeries: MeterHandler {
    func set(_ value: Int64) {
        self.set(Double(value))
    }

    func set(_ value: Double) {
        self.sum.store(value.bitPattern, ordering: .relaxed)
    }

    func increment(by amount: Double) {
        self.add(amount)
    }

    func decrement(by amount: Double) {
        self.add(-amount)
    }
}

extension MetricSeries: RecorderHandler {
    func record(_ value: Int64) {
        self.record(Double(value))
    }

    func record(_ value: Double) {
        if self.kind == .histogram { self.observe(value) } else { self.set(value) }
    }
}

extension MetricSeries: TimerHandler {
    func recordNanoseconds(_ duration: Int64) {
        self.observe(Double(duration) / 1e9)
    }
}
