import AnomalyDetection
import TelemetryModel
import Testing

@Suite("sensor health on recorded readings, at the shipped settings")
struct HealthDatasetTests {
    /// What a recording's monitor said.
    private struct Outcome {
        var days = 0.0
        var times: [Timestamp] = []
        var scores: [Double] = []
        /// Alerts that began, with the row.
        var starts: [(row: Int, alert: Alert)] = []
        /// Whether the first channel's alert is open at the end.
        var isOpen = false
    }

    private func run(_ data: Dataset, _ channels: [String], rows: Int = .max) throws -> Outcome {
        let model = HealthModel(channels: channels.map { ChannelModel(name: $0) })
        var monitor = HealthMonitor(device: "mote", model: model)
        var outcome = Outcome()
        let columns = try channels.map { try #require(data.columns[$0]) }
        for row in 0..<min(data.rowCount, rows) {
            let time: Timestamp
            if let text = data.columns["timestamp"]?[row] {
                time = try #require(Timestamp(iso8601: text.replacing(" ", with: "T") + "Z"))
            } else {
                time = Timestamp(seconds: 1_273_363_200 + (try #require(Int64(data.columns["seconds"]?[row] ?? ""))))
            }
            var readings: [HealthRecord.Reading] = []
            for (channel, column) in columns.enumerated() {
                if let value = Double(column[row]) {
                    readings.append(HealthRecord.Reading(channel: channel, value: value))
                }
            }
            let position = RecordPosition(partition: 0, offset: Int64(row))
            let record = HealthRecord(time: time, arrival: time, position: position, readings: readings)
            let report = monitor.observe(record)
            outcome.times.append(time)
            outcome.scores.append(report.score)
            for change in report.changes where change.action == .opened || change.action == .reopened {
                outcome.starts.append((row, change.alert))
            }
        }
        outcome.isOpen = monitor.isAlertOpen(channels[0])
        if let first = outcome.times.first, let last = outcome.times.last {
            outcome.days = Double((last - first).wholeMilliseconds) / 86_400_000
        }
        return outcome
    }

    @Test("a dying mote's alert is open at its first implausible rows, its battery's more than a day before")
    func dyingMote() throws {
        guard let data = Dataset("intel_lab/raw/mote19.csv.gz") else { return }
        let implausible = try #require(data.columns["implausible"]?.firstIndex(of: "1"))
        let outcome = try self.run(data, ["temperature", "humidity", "voltage"], rows: implausible + 3)
        #expect(outcome.scores[implausible...].contains { $0 >= 0.5 })
        #expect(outcome.isOpen)
        let battery = try #require(outcome.starts.first { $0.alert.finding.detector == .battery })
        let ahead = outcome.times[implausible] - outcome.times[battery.row]
        print("mote19: battery told \(ahead.wholeMilliseconds / 3_600_000) h before; \(battery.alert.sentence)")
        #expect(ahead >= .seconds(86_400))
        let others = outcome.starts.filter { $0.alert.series != nil }
        print("mote19: \(others.count) alerts of its three channels in \(outcome.days) days")
        #expect(Double(others.count) / outcome.days / 3 <= 0.25)
    }

    @Test(
        "both events of the single-hop network are told within 15 s, and nothing on the motes without one",
        arguments: [
            ("singlehop_indoor_moteid1", 2_343), ("singlehop_indoor_moteid2", nil), ("singlehop_outdoor_moteid3", nil),
            ("singlehop_outdoor_moteid4", 2_361),
        ] as [(String, Int?)]
    )
    func singleHop(file: String, event: Int?) throws {
        guard let data = Dataset("suthaharan/\(file).csv.gz") else { return }
        let outcome = try self.run(data, ["temperature", "humidity"])
        guard let event else {
            #expect(outcome.starts.isEmpty)
            return
        }
        let first = try #require(outcome.starts.first)
        #expect(first.row >= event - 3)
        #expect(outcome.times[first.row] - outcome.times[event] <= .seconds(15))
    }

    @Test(
        "injected faults are found, at no more than half a false alarm a day",
        arguments: [
            ("intel/random_29", 1.0), ("intel/malfunction_29", 0.75), ("intel/mixed_29", 0.85),
            ("santander/mixed_santander661", 0.75),
        ]
    )
    func injectedFaults(file: String, recall: Double) throws {
        guard let data = Dataset("injected_faults/\(file).csv.gz") else { return }
        let outcome = try self.run(data, ["temperature"])
        var events: [ClosedRange<Int>] = []
        for (row, fault) in try #require(data.columns["fault"]).enumerated() where fault != "0" {
            if let last = events.last, row - last.upperBound < 30 {
                events[events.count - 1] = last.lowerBound...row
            } else {
                events.append(row...row)
            }
        }
        let rows = outcome.starts.filter { $0.alert.series != nil }.map(\.row)
        func belongs(_ row: Int, _ event: ClosedRange<Int>) -> Bool {
            row >= event.lowerBound - 3 && row <= event.upperBound + 30
        }
        let found = events.count { event in rows.contains { belongs($0, event) } }
        let falseAlarms = rows.count { row in !events.contains { belongs(row, $0) } }
        print("\(file): \(found) of \(events.count), \(Double(falseAlarms) / outcome.days) false a day")
        #expect(Double(found) >= recall * Double(events.count))
        #expect(Double(falseAlarms) / outcome.days <= 0.5)
    }

    @Test(
        "an office in use raises at most one alert of each sensor in four days",
        arguments: ["datatest", "datatraining"]
    )
    func office(file: String) throws {
        guard let data = Dataset("occupancy/\(file).csv.gz") else { return }
        let outcome = try self.run(data, ["temperature", "humidity", "light", "co2"])
        print("\(file): \(outcome.starts.count) alerts in \(outcome.days) days")
        #expect(Double(outcome.starts.count) / outcome.days / 4 <= 0.25)
    }
}
