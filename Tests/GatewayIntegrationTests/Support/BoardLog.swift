import Foundation
import Testing

/// What a gateway's log holds of an ``EmulatedBoard``, beside what the board's sensors gave.
struct BoardLog {
    /// A sensor's result as the log has it.
    struct Entry {
        var bus: Int
        /// Which result of its sensor it is.
        var number: Int
        /// What it is dated, milliseconds since 1970.
        var time: Int64
        var isHistorical: Bool
    }

    /// In the order of the log.
    private(set) var entries: [Entry] = []
    /// Steps of the clock that were told, milliseconds.
    private(set) var corrections: [Double] = []
    /// Reading numbers as the gateway got them, by epoch.
    private(set) var numbers: [Int: [Int]] = [:]
    /// Messages without dates, or that tell of lost readings.
    private(set) var complaints: [String] = []

    /// - Parameter records: Of one device, in the order of the log.
    /// - Throws: When one cannot be read.
    init(_ records: [StoredRecord]) throws {
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for record in records {
            let properties = record.applicationProperties
            for key in ["weir-undated", "weir-dropped"] where properties[key] != nil {
                self.complaints.append("\(key)=\(properties[key] ?? "") \(record.body)")
            }
            let epoch = try #require(properties["weir-epoch"].flatMap { Int($0) })
            let first = try #require(properties["weir-seq"].flatMap { Int($0) })
            let count = try #require(properties["weir-count"].flatMap { Int($0) })
            self.numbers[epoch, default: []] += first..<first + count
            let value = try JSONSerialization.jsonObject(with: Data(record.body.utf8))
            let readings = try #require(value as? [[String: Any]] ?? (value as? [String: Any]).map { [$0] })
            #expect(readings.count == count)
            for reading in readings {
                if let step = reading["stepMilliseconds"] as? Double { self.corrections.append(step) }
                let date = try format.parse(reading["ts"] as? String ?? "")
                for bus in EmulatedBoard.buses {
                    guard let temperature = reading["s\(bus)_temperature"] as? Double else { continue }
                    self.entries.append(
                        Entry(
                            bus: bus,
                            number: try #require(CountingSensor.number(of: temperature), "\(reading)"),
                            time: Int64((date.timeIntervalSince1970 * 1_000).rounded()),
                            isHistorical: properties["weir-historical"] == "true"
                        )
                    )
                }
            }
        }
    }

    /// What is wrong with it, if every result is to be there once, old and new ones each in order.
    func faults(_ results: [Int: CountingSensor.Results]) -> [String] {
        var faults = self.complaints
        for (epoch, numbers) in self.numbers where numbers.sorted() != Array(0..<numbers.count) {
            faults.append("epoch \(epoch): the numbers of \(numbers.count) readings are not 0 to \(numbers.count - 1)")
        }
        for (bus, results) in results {
            let entries = self.entries.filter { $0.bus == bus }
            let numbers = entries.map(\.number).sorted()
            if numbers != Array(0..<results.count) {
                let missing = Set(0..<results.count).subtracting(numbers).sorted()
                faults.append("sensor \(bus): \(results.count) results, \(numbers.count) readings, missing \(missing)")
            }
            for isHistorical in [true, false] {
                let some = entries.filter { $0.isHistorical == isHistorical }.map(\.number)
                if some != some.sorted() { faults.append("sensor \(bus): historical=\(isHistorical) is not in order") }
            }
        }
        return faults
    }

    /// The offsets from the board's time to the wall time that explain all dates: a reading is dated between the moment
    /// when its sensor gave the result before and the moment when it was asked for this one. Empty when no offset does.
    ///
    /// - Returns: Milliseconds.
    func offsets(_ results: [Int: CountingSensor.Results]) -> ClosedRange<Int64>? {
        var (least, most) = (Int64.min, Int64.max)
        for entry in self.entries {
            guard let results = results[entry.bus] else { continue }
            let asked = results[entry.number].asked.milliseconds
            least = max(least, entry.time - asked)
            if entry.number > 0 { most = min(most, entry.time - results[entry.number - 1].given.milliseconds) }
        }
        return least <= most ? least...most : nil
    }
}

extension Duration {
    /// Whole milliseconds, the rest cut off.
    fileprivate var milliseconds: Int64 {
        let (seconds, attoseconds) = self.components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
