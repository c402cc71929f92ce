import AnomalyDetection
import TelemetryModel
import Testing

@Suite("dying sensors of the Intel Berkeley lab")
struct IntelLabTests {
    /// A value that was worth a word, and what was said.
    private struct Report {
        var time: Timestamp
        var value: Double
        var action: AlertLatch.Action
    }

    @Test(
        "each mote whose battery dies raises alerts as it goes, and few before",
        arguments: [
            ("mote19", "2004-03-19T00:30:00Z", 100), ("mote22", "2004-03-23T06:00:00Z", 100),
            ("mote23", "2004-03-22T02:00:00Z", 100), ("mote45", "2004-03-24T00:30:00Z", 60),
        ] as [(String, String, Double)]
    )
    func dying(mote: String, death: String, peak: Double) throws {
        guard let data = Dataset("intel_lab/raw/\(mote).csv.gz") else { return }
        let deathTime = try #require(Timestamp(iso8601: death))
        var detector = SpikeDetector()
        var reports: [Report] = []
        let times = try #require(data.columns["timestamp"])
        let values = try #require(data.columns["temperature"])
        #expect(values.count == data.rowCount)
        var first: Timestamp?
        for (time, value) in zip(times, values) {
            guard let value = Double(value), let time = Timestamp(iso8601: time) else { continue }
            first = first ?? time
            let origin = AlertOrigin(partition: 0, offset: 0, ordinal: 0)
            let verdict = detector.observe(value, at: time, origin: origin, settings: SpikeSettings())
            if verdict.action != .learn, verdict.action != .hold {
                reports.append(Report(time: time, value: value, action: verdict.action))
            }
        }
        let opened = reports.filter { $0.action == .open }
        let days = Double((deathTime - (try #require(first))).wholeMilliseconds) / 86_400_000
        let perDay = Double(opened.count { $0.time < deathTime }) / days
        print("\(mote): \(perDay) alerts per day on temperature before \(death)")
        #expect(perDay <= 1)
        #expect(opened.contains { $0.time >= deathTime && $0.value > 35 })
        #expect(reports.contains { ($0.action == .open || $0.action == .worsen) && $0.value > peak })
    }

    @Test(
        "humidity, light and voltage stay near one alert a day too",
        arguments: ["mote19", "mote22", "mote23", "mote45"]
    )
    func otherChannels(mote: String) throws {
        guard let data = Dataset("intel_lab/raw/\(mote).csv.gz") else { return }
        let times = try #require(data.columns["timestamp"]).compactMap { Timestamp(iso8601: $0) }
        let days = Double((try #require(times.last) - (try #require(times.first))).wholeMilliseconds) / 86_400_000
        for channel in ["humidity", "light", "voltage"] {
            var detector = SpikeDetector()
            var count = 0
            for (time, text) in zip(times, try #require(data.columns[channel])) {
                guard let value = Double(text) else { continue }
                let origin = AlertOrigin(partition: 0, offset: 0, ordinal: 0)
                let verdict = detector.observe(value, at: time, origin: origin, settings: SpikeSettings())
                if verdict.action == .open { count += 1 }
            }
            print("\(mote) \(channel): \(Double(count) / days) alerts per day")
            #expect(Double(count) / days <= 1.2)
        }
    }
}
