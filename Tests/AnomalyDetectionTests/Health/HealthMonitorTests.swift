import AnomalyDetection
import TelemetryModel
import TestSupport
import Testing

@Suite("the health of a device: one alert for one event, and it says why")
struct HealthMonitorTests {
    @Test("a quiet device with no configuration raises nothing for two days, and its score stays under a half")
    func quiet() {
        var device = MonitoredDevice(seed: SeededGenerator.seed(of: "quiet"))
        let reports = device.feed(5_760)
        #expect(device.changes.isEmpty)
        #expect(reports.allSatisfy { $0.score < 0.5 && $0.judgement == .judged })
    }

    @Test("an event that several detectors see over many rows is one alert, with its evidence")
    func oneAlert() throws {
        var device = MonitoredDevice()
        device.feed(500)
        let opened = device.now + .seconds(30)
        #expect(!device.monitor.isAlertOpen("temperature"))
        for place in 0..<100 { device.feed(1, temperature: 60 + Double(place % 2) * 10) }
        #expect(device.monitor.isAlertOpen("temperature") && !device.monitor.isAlertOpen("humidity"))
        #expect(!device.monitor.isAlertOpen(nil))
        device.feed(40)
        #expect(!device.monitor.isAlertOpen("temperature"))
        let actions = device.changes.map(\.action)
        #expect(actions.first == .opened)
        #expect(actions.last == .cleared(.returned))
        #expect(actions.count { $0 == .opened || $0 == .reopened } == 1)
        let alert = try #require(device.changes.first?.alert)
        #expect(alert.device == "dev-1" && alert.series == "temperature")
        #expect(alert.rule == "sensor-health" && alert.ruleVersion == 1 && alert.finding.detector.version == 1)
        #expect(alert.state == .open && alert.openedAt == opened && alert.clearedAt == nil)
        #expect(alert.topic == "telemetry")
        #expect(alert.first == RecordPosition(partition: 3, offset: 500))
        #expect(alert.window.last == AlertSample(time: opened, value: 60))
        #expect(alert.window.count == 24)
        #expect(alert.finding.score >= 0.5 && alert.finding.isAbnormal)
        let last = try #require(device.changes.last?.alert)
        #expect(last.state == .clear && last.clearedAt != nil)
        #expect(last.window.count == Alert.windowMax)
        #expect(last.window.prefix(24) == alert.window[...])
        #expect(last.last.offset >= 599)
        #expect(last.detectors.contains(.rateOfChange) && last.detectors.contains(.noiseBurst))
        #expect(last.openedAt == opened)
    }

    @Test("sentences name device, channel, numbers and units")
    func sentences() throws {
        var device = MonitoredDevice()
        device.feed(500)
        device.feed(2, temperature: 200)
        let opened = try #require(device.changes.first?.alert.sentence)
        #expect(opened.hasPrefix("temperature of dev-1 changed by 1") && opened.hasSuffix("°C is usual."), "\(opened)")
        let worse = try #require(device.changes.last)
        #expect(worse.action == .worsened && worse.alert.severity == .critical)
        #expect(worse.alert.state == .hold)
        device.feed(60)
        device.wait(3_600)
        let silence = try #require(device.changes.last?.alert)
        #expect(silence.series == nil && silence.finding.detector == .silence && silence.severity == .critical)
        #expect(silence.sentence.hasPrefix("dev-1 has said nothing for 60 min, where at most"), "\(silence.sentence)")
        #expect(silence.first == silence.last && silence.first.offset == device.offset - 1)
    }

    @Test("an alert that begins again within the hour is the same one, and says what it is this time")
    func again() throws {
        var device = MonitoredDevice()
        device.feed(500)
        device.feed(2, temperature: 149)
        device.feed(60)
        let first = try #require(device.changes.first?.alert)
        device.feed(1, temperature: 26)
        let again = try #require(device.changes.last)
        #expect(again.action == .reopened && again.alert.state == .open)
        #expect(again.alert.openedAt == first.openedAt && again.alert.first == first.first)
        #expect(again.alert.finding.seen < 10 && first.finding.seen > 100)
        #expect(again.alert.sentence.hasPrefix("Again, temperature of dev-1 changed by "), "\(again.alert.sentence)")
    }

    @Test("backlog is no more than a tick: no alert, no sign of life, nothing learned")
    func backlog() {
        var device = MonitoredDevice()
        device.feed(500)
        device.wait(3_600)
        #expect(device.changes.map(\.action) == [.opened])
        #expect(device.monitor.isAlertOpen(nil))
        var ticked = device.monitor
        for _ in 0..<100 {
            #expect(ticked.advance(to: device.now) == [])
            let stamp = Timestamp(milliseconds: device.now.milliseconds - 1_800_000)
            let report = device.send(device.record(temperature: 149, stamp: stamp, isHistorical: true))
            #expect(report.judgement == .historical && report.changes.isEmpty && report.score == 0)
        }
        #expect(device.monitor == ticked)
        device.feed(1)
        #expect(device.changes.map(\.action) == [.opened, .cleared(.returned)])
    }

    @Test("late rows and repeated rows are not judged and end no silence")
    func late() {
        var device = MonitoredDevice()
        device.feed(500)
        let last = device.now
        device.wait(3_600)
        for seconds in [0, 30, 600] {
            let stamp = Timestamp(milliseconds: last.milliseconds - Int64(seconds) * 1_000)
            #expect(device.send(device.record(temperature: 149, stamp: stamp)).judgement == .late)
        }
        #expect(device.changes.map(\.action) == [.opened])
    }

    @Test("what is not finite did not happen, and huge numbers overflow nothing")
    func wildNumbers() throws {
        var device = MonitoredDevice(seed: SeededGenerator.seed(of: "wildNumbers"))
        device.feed(200)
        let before = device.monitor
        device.wait(30)
        var record = device.record(temperature: .nan, humidity: .infinity)
        record.readings.removeLast()
        record.readings.append(HealthRecord.Reading(channel: 17, value: 1))
        #expect(device.send(record).score == 0)
        #expect(device.monitor != before)
        let wild = [1e308, -1e308, .greatestFiniteMagnitude, -0.0, .nan, -.infinity, 20, 1e-300]
        for _ in 0..<2_000 {
            let jump = Int.random(in: 1...100_000, using: &device.random)
            device.wait(jump)
            let temperature = wild.randomElement(using: &device.random)
            let humidity = wild.randomElement(using: &device.random)
            let now = device.now.milliseconds
            let stamps: [Int64] = [.min, .max, 0, now, now, now]
            let stamp = Timestamp(milliseconds: stamps.randomElement(using: &device.random) ?? 0)
            let report = device.send(device.record(temperature: temperature, humidity: humidity, stamp: stamp))
            #expect(report.score >= 0 && report.score <= 1)
        }
        var writer = StateWriter()
        device.monitor.snapshot(into: &writer)
        var reader = StateReader(writer.bytes)
        let restored = try HealthMonitor(device: "dev-1", model: MonitoredDevice.model, restoring: &reader)
        #expect(restored == device.monitor)
    }

    @Test("operators acknowledge and silence by records; a silence can come before the first reading")
    func operators() {
        var device = MonitoredDevice()
        #expect(device.apply(.silence(by: "ann", until: device.now + .seconds(3_600)), to: "temperature").isEmpty)
        #expect(device.monitor.isSilenced("temperature") && !device.monitor.isSilenced("humidity"))
        #expect(device.apply(.acknowledge(by: "ann"), to: "temperature").isEmpty)
        device.feed(500)
        #expect(!device.monitor.isSilenced("temperature"))
        device.feed(1, temperature: 60)
        let seen = device.apply(.acknowledge(by: "ann"), to: nil)
        #expect(seen.map(\.action) == [.acknowledged])
        #expect(seen.first?.alert.acknowledgedBy == "ann")
        let quiet = device.apply(.silence(by: "bob", until: device.now + .seconds(60)), to: "temperature")
        #expect(quiet.map(\.action) == [.silenced])
        #expect(quiet.first?.alert.silencedUntil == device.now + .seconds(60))
        device.feed(2, temperature: 60)
        #expect(device.changes.last?.action == .unsilenced)
        #expect(device.apply(.acknowledge(by: "ann"), to: "no such channel").isEmpty)
    }

    @Test("a level that lasts a day is the new normal and is not told again")
    func newNormal() {
        var device = MonitoredDevice()
        device.feed(4_000)
        for _ in 0..<4_000 {
            let noise = Double.random(in: -0.05...0.05, using: &device.random)
            device.feed(1, temperature: 35 + noise)
        }
        #expect(device.changes.filter { $0.alert.finding.detector != .climate }.last?.action == .cleared(.newNormal))
        let ended = device.changes.count
        for _ in 0..<1_000 {
            let noise = Double.random(in: -0.05...0.05, using: &device.random)
            device.feed(1, temperature: 35 + noise)
        }
        #expect(device.changes.count == ended)
    }

    @Test("a deadline is when something happens, and before it nothing does")
    func deadlines() throws {
        var device = MonitoredDevice()
        #expect(device.monitor.deadline == nil)
        device.feed(500)
        let deadline = try #require(device.monitor.deadline)
        var early = device.monitor
        #expect(early.advance(to: Timestamp(milliseconds: deadline.milliseconds - 1)).isEmpty)
        #expect(device.monitor.advance(to: deadline).map(\.action) == [.opened])
    }
}
