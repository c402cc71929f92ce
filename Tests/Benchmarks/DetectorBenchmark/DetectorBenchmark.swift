import AnomalyDetection
import Foundation
import TelemetryModel

/// What a value costs each detector, on one core: `detector-benchmark [VALUES]`, 2,000,000 by default.
///
/// A hundred series in turn, so that caches see what a gateway's do; a daily wave with noise and a spike in a thousand.
@main
struct DetectorBenchmark {
    private static let partitions = 100
    private static let history = 600

    static func main() throws {
        let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2_000_000
        let values = self.values(count)
        self.report("SeriesDetector", values, Array(repeating: SeriesDetector(), count: self.partitions)) {
            $0.observe($1, at: Timestamp(seconds: $2)).score
        }
        let spike = try SpikeAndDip(confidence: 95, history: self.history, mode: .spikesAndDips)
        self.report("SpikeAndDip, history \(self.history)", values, Array(repeating: spike, count: self.partitions)) {
            detector,
            value,
            _ in detector.observe(value)?.score ?? 0
        }
        let change = try ChangePoint(confidence: 80, history: self.history)
        self.report("ChangePoint, history \(self.history)", values, Array(repeating: change, count: self.partitions)) {
            detector,
            value,
            _ in detector.observe(value)?.score ?? 0
        }
        try self.reportState(values)
    }

    private static func values(_ count: Int) -> [Double] {
        var state: UInt64 = 1
        func next() -> Double {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Double(state >> 11) / Double(1 << 53)
        }
        return (0..<count).map { index in
            20 + 5 * sin(Double(index / self.partitions) / 288 * 2 * .pi) + next() + next() + (next() < 0.001 ? 40 : 0)
        }
    }

    private static func report<Detector>(
        _ name: String,
        _ values: [Double],
        _ fresh: [Detector],
        observe: (inout Detector, Double, Int64) -> Double
    ) {
        var detectors = fresh
        var sum = 0.0
        let start = self.processorSeconds()
        for (index, value) in values.enumerated() {
            sum += observe(&detectors[index % self.partitions], value, Int64(index / self.partitions) * 300)
        }
        let seconds = self.processorSeconds() - start
        let rate = Int(Double(values.count) / seconds)
        print("\(name): \(Int(seconds / Double(values.count) * 1e9)) ns a value, \(rate) values/s (sum \(sum))")
    }

    /// Of the process: the machine may be shared.
    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func reportState(_ values: [Double]) throws {
        var detector = SeriesDetector()
        for (index, value) in values.prefix(100_000).enumerated() {
            _ = detector.observe(value, at: Timestamp(seconds: Int64(index) * 300))
        }
        var writer = StateWriter()
        detector.snapshot(into: &writer)
        print("SeriesDetector: snapshot of \(writer.bytes.count) bytes after 100000 values")
    }
}
