import EdgeCore
import SensorKit
import TelemetryJSON

/// What `weir-agent read` prints: a row per channel, or a line of JSON per measurement of a sensor.
struct ReadTable: Sendable {
    private let printsJSON: Bool
    private let sensorWidth: Int
    private let channelWidth: Int

    init(_ sensors: [SensorConfiguration], printsJSON: Bool) {
        self.printsJSON = printsJSON
        self.sensorWidth = max(6, sensors.map(\.name.count).max() ?? 0)
        self.channelWidth = max(7, sensors.flatMap { $0.channels.values }.map(\.count).max() ?? 0)
    }

    func printHeader() {
        if !self.printsJSON { StandardOutput.write(line: self.row("sensor", "channel", "value", "unit", "quality")) }
    }

    /// Prints one measurement, at once and whole.
    func print(_ outcome: SensorGroup.Outcome, of sensor: SensorConfiguration, channels: [TelemetryBody.Channel]) {
        if self.printsJSON {
            StandardOutput.write(Self.json(outcome, of: sensor, channels: channels) + [0x0A])
            return
        }
        let fault = outcome.fault.map { "\($0)" } ?? ""
        guard !channels.isEmpty else {
            StandardOutput.write(line: self.row(sensor.name, "-", "-", "-", fault))
            return
        }
        let rows = channels.map { channel in
            let unit = channel.reading.quantity.unit
            let value = channel.reading.value.flatMap(HundredthsText.text) ?? "-"
            return self.row(sensor.name, channel.name, value, unit, Self.quality(of: channel.reading))
        }
        StandardOutput.write(line: rows.joined(separator: "\n"))
    }

    private func row(_ sensor: String, _ channel: String, _ value: String, _ unit: String, _ quality: String) -> String
    {
        let cells = [
            Self.padded(sensor, self.sensorWidth), Self.padded(channel, self.channelWidth),
            String(repeating: " ", count: max(0, 9 - value.count)) + value, Self.padded(unit, 4), quality,
        ]
        return cells.joined(separator: "  ")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func quality(of reading: ChannelReading) -> String {
        switch reading.outcome {
        case .good: "good"
        case .suspect(_, let reason): "suspect: \(reason.rawValue)"
        case .bad(let reason): "bad: \(reason.rawValue)"
        }
    }

    private static func json(
        _ outcome: SensorGroup.Outcome,
        of sensor: SensorConfiguration,
        channels: [TelemetryBody.Channel]
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: 160)
        writer.beginObject()
        writer.key("sensor")
        writer.string(sensor.name)
        writer.values(of: channels)
        let others = channels.filter { channel in
            if case .good = channel.reading.outcome { false } else { true }
        }
        if !others.isEmpty {
            writer.key("quality")
            writer.beginObject()
            for channel in others {
                writer.key(channel.name)
                writer.string(self.quality(of: channel.reading))
            }
            writer.endObject()
        }
        if let fault = outcome.fault {
            writer.key("fault")
            writer.string("\(fault)")
        }
        writer.endObject()
        return writer.bytes
    }
}
