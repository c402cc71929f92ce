import AnomalyDetection
import TelemetryModel
import TestSupport

/// A device with temperature, humidity and voltage whose health is watched, in virtual time: a record every 30 s.
struct MonitoredDevice {
    static let model = HealthModel(
        channels: [ChannelModel(name: "temperature"), ChannelModel(name: "humidity"), ChannelModel(name: "voltage")]
    )

    var monitor = HealthMonitor(device: "dev-1", model: MonitoredDevice.model)
    var random: SeededGenerator
    private(set) var now = Timestamp(seconds: 1_700_000_000)
    private(set) var offset: Int64 = 0
    private(set) var changes: [AlertChange] = []

    init(seed: UInt64 = 1) {
        self.random = SeededGenerator(seed: seed)
    }

    /// A record of now.
    mutating func record(
        temperature: Double? = nil,
        humidity: Double? = nil,
        stamp: Timestamp? = nil,
        isHistorical: Bool = false
    ) -> HealthRecord {
        let noise = Double.random(in: -0.05...0.05, using: &self.random)
        return HealthRecord(
            time: stamp ?? self.now,
            arrival: self.now,
            position: RecordPosition(partition: 3, offset: self.offset),
            isHistorical: isHistorical,
            readings: [
                HealthRecord.Reading(channel: 0, value: temperature ?? 20 + noise),
                HealthRecord.Reading(channel: 1, value: humidity ?? 50 + noise),
                HealthRecord.Reading(channel: 2, value: 3 + noise / 100),
            ]
        )
    }

    /// So many records, one each 30 s.
    @discardableResult
    mutating func feed(_ count: Int, temperature: Double? = nil, humidity: Double? = nil) -> [HealthReport] {
        (0..<count).map { _ in
            self.wait(30)
            return self.send(self.record(temperature: temperature, humidity: humidity))
        }
    }

    mutating func send(_ record: HealthRecord) -> HealthReport {
        self.offset += 1
        let report = self.monitor.observe(record)
        self.changes += report.changes
        return report
    }

    /// Lets time pass, a tick at its end.
    mutating func wait(_ seconds: Int) {
        self.now = self.now + .seconds(seconds)
        self.changes += self.monitor.advance(to: self.now)
    }

    mutating func apply(_ action: OperatorAction, to series: String?) -> [AlertChange] {
        let changes = self.monitor.apply(action, to: series, at: self.now)
        self.changes += changes
        return changes
    }
}
