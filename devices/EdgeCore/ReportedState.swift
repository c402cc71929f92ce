import SensorKit
package import TelemetryJSON

/// What the agent reports of itself in its twin.
///
/// ```json
/// {"agent":{"version":"0.1.0"},
///  "board":{"model":"Raspberry Pi 4 Model B Rev 1.4","system":"Debian GNU/Linux 12 (bookworm)","kernel":"6.6.31",…},
///  "sensors":{"room":{"place":"sht3x on /dev/i2c-1 at 0x44","state":"failing","reason":"crc","detail":"…"}},
///  "settings":{"logLevel":"info","sensors":{"room":{"intervalMilliseconds":5000}},"channels":{"temperature":{"offset":-0.4}}},
///  "desired":{"version":7,"refused":[{"key":"channels.temperature.deadBand","reason":"is -1; expected …"}]}}
/// ```
/// `settings` are those in effect, from whatever source; of channels what is not the default. Reported when it changes.
package struct ReportedState: Equatable, Sendable {
    package var board = BoardFacts()
    package var settings: AgentConfiguration
    package var statuses: [SensorStatus] = []
    package var refusals: [SettingRefusal] = []
    /// `$version` of the desired properties that were looked at last; `nil`: none since the start.
    package var desiredVersion: Int64?

    /// Longest text of a fault reported, bytes; the twin's section takes 32 KiB with up to 64 sensors in it.
    private static let detailMax = 120

    package init(settings: AgentConfiguration) {
        self.settings = settings
    }

    package var json: JSONObject {
        var desired = JSONObject()
        if let version = self.desiredVersion { desired["version"] = .integer(version) }
        desired["refused"] = .array(self.refusals.map(\.json))
        return [
            "agent": .object(["version": .string(AgentVersion.text)]),
            "board": .object(self.board.json),
            "sensors": .object(self.sensors),
            "settings": .object(Self.settings(of: self.settings)),
            "desired": .object(desired),
        ]
    }

    private var sensors: JSONObject {
        var sensors = JSONObject()
        for (sensor, status) in zip(self.settings.sensors, self.statuses) {
            var object: JSONObject = [
                "place": .string(sensor.place), "state": .string(status.state.rawValue),
            ]
            if let fault = status.fault {
                object["reason"] = .string(fault.reason.rawValue)
                if !fault.detail.isEmpty { object["detail"] = .string(Self.cut(fault.detail)) }
            }
            sensors[sensor.twinKey] = .object(object)
        }
        return sensors
    }

    /// The settings in effect, in the form of the desired properties.
    package static func settings(of configuration: AgentConfiguration) -> JSONObject {
        var sensors = JSONObject()
        var channels = JSONObject()
        for sensor in configuration.sensors {
            sensors[sensor.twinKey] = .object(["intervalMilliseconds": .integer(Int64(sensor.intervalMilliseconds))])
            for (quantity, name) in sensor.channels {
                let rule = self.json(of: sensor.rule(of: quantity))
                if !rule.isEmpty { channels[name] = .object(rule) }
            }
        }
        return [
            "logLevel": .string(configuration.logLevel.name), "sensors": .object(sensors),
            "channels": .object(channels),
        ]
    }

    private static func json(of rule: ChannelRule) -> JSONObject {
        let usual = ChannelRule()
        var object = JSONObject()
        if rule.offset != usual.offset { object["offset"] = self.number(rule.offset) }
        if rule.deadBand != usual.deadBand { object["deadBand"] = self.number(rule.deadBand) }
        if rule.intervalMinMilliseconds != usual.intervalMinMilliseconds {
            object["intervalMinMilliseconds"] = .integer(Int64(rule.intervalMinMilliseconds))
        }
        if rule.intervalMaxMilliseconds != usual.intervalMaxMilliseconds {
            object["intervalMaxMilliseconds"] = .integer(Int64(rule.intervalMaxMilliseconds))
        }
        return object
    }

    /// Whole numbers as integers: the hub gives them back so, and then they compare equal.
    private static func number(_ value: Double) -> JSONValue {
        Int64(exactly: value).map { .integer($0) } ?? .number(value)
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= self.detailMax ? text : String(text.prefix(self.detailMax / 4)) + "…"
    }
}
