import EdgeCore
import SensorKit
import TelemetryJSON

/// One line of what `weir-agent check` found.
struct CheckFinding {
    enum Status: String {
        case pass = "ok"
        case warning
        case failure

        var mark: String {
            switch self {
            case .pass: "✓"
            case .warning: "!"
            case .failure: "✗"
            }
        }
    }

    var check: String
    var name = ""
    var status: Status
    var detail: String
    /// What a sensor said; `nil` for what is no sensor.
    var channels: [TelemetryBody.Channel]?

    static func pass(_ check: String, _ detail: String) -> CheckFinding {
        CheckFinding(check: check, status: .pass, detail: detail)
    }

    static func warning(_ check: String, _ detail: String) -> CheckFinding {
        CheckFinding(check: check, status: .warning, detail: detail)
    }

    static func failure(_ check: String, _ detail: String) -> CheckFinding {
        CheckFinding(check: check, status: .failure, detail: detail)
    }

    /// For people.
    var text: String {
        var line = "\(self.status.mark) \(self.check)"
        if !self.name.isEmpty { line += " \(self.name)" }
        line += ": \(self.detail)"
        for channel in self.channels ?? [] {
            guard let value = channel.reading.value, let text = HundredthsText.text(of: value) else { continue }
            line += ", \(channel.name) \(text) \(channel.reading.quantity.unit)"
        }
        return line
    }

    /// One JSON object.
    var json: [UInt8] {
        var writer = JSONWriter(capacity: 160)
        writer.beginObject()
        writer.key("check")
        writer.string(self.check)
        if !self.name.isEmpty {
            writer.key("name")
            writer.string(self.name)
        }
        writer.key("status")
        writer.string(self.status.rawValue)
        writer.key("detail")
        writer.string(self.detail)
        if let channels = self.channels { writer.values(of: channels) }
        writer.endObject()
        return writer.bytes
    }
}
