import EdgeCore
import SensorKit

/// Reads each sensor of a bus once.
enum SensorCheck {
    /// How long sensors that measure by themselves are waited for.
    private static let patience: Duration = .seconds(12)

    /// Samples once; sensors that measure by themselves and had nothing yet again, until each has said something.
    private static func outcomes(of sensors: [SensorConfiguration]) -> [SensorGroup.Outcome] {
        let clock = SystemClock()
        var group = SensorFactory.group(of: sensors, clock: clock)
        var outcomes = group.sample(Array(sensors.indices))
        let deadline = clock.now + Self.patience
        while outcomes.count < sensors.count, clock.now < deadline {
            clock.sleep(for: .milliseconds(250))
            let silent = sensors.indices.filter { sensor in !outcomes.contains { $0.sensor == sensor } }
            outcomes += group.sample(silent)
        }
        return outcomes.sorted { $0.sensor < $1.sensor }
    }

    static func findings(of sensors: [SensorConfiguration]) -> [CheckFinding] {
        let outcomes = self.outcomes(of: sensors)
        let busChannels = BusChannels(sensors)
        return sensors.indices.map { index in
            let sensor = sensors[index]
            guard let outcome = outcomes.first(where: { $0.sensor == index }) else {
                let detail = "\(sensor.place), nothing came within \(self.patience.components.seconds) s"
                return CheckFinding(check: "sensor", name: sensor.name, status: .failure, detail: detail)
            }
            let channels = busChannels.values(of: outcome)
            var finding = CheckFinding(
                check: "sensor",
                name: sensor.name,
                status: .pass,
                detail: sensor.place,
                channels: channels
            )
            if let fault = outcome.fault {
                finding.status = channels.contains { $0.reading.value != nil } ? .warning : .failure
                finding.detail += ", \(fault)"
            }
            return finding
        }
    }
}
