import FoundationEssentials

/// An alert as one readable line: time, severity, device and channel, what happened.
enum AlertText {
    private struct Alert: Decodable {
        struct Band: Decodable {
            var low: Double?
            var high: Double?
        }

        var device: String
        var channel: String?
        var detector: String?
        var severity: String?
        var state: String?
        var time: String
        var value: Double?
        var expected: Band?
        var score: Double?
        var message: String?
    }

    /// The line; a record of another form is shown like any event.
    static func line(_ record: [UInt8], for console: Console) -> String {
        guard let body = JSONMembers.value(of: "body", in: record),
            let alert = try? JSONDecoder().decode(Alert.self, from: Data(body))
        else { return EventText.line(record, for: console) }
        let severity = alert.severity ?? "alert"
        let place = [alert.device, alert.channel].compactMap { $0 }.joined(separator: " ")
        let parts = [
            console.colored(alert.time, .faint),
            console.colored(AlertText.padded(severity, to: 8), AlertText.color(severity)),
            console.colored(EventText.printable(place), .name),
            EventText.printable(alert.message ?? AlertText.sentence(alert)),
            alert.state.map { "(\($0))" } ?? "",
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private static func sentence(_ alert: Alert) -> String {
        let value = alert.value.map { "value \($0)" } ?? ""
        guard let low = alert.expected?.low, let high = alert.expected?.high else { return value }
        return "\(value), expected \(low) to \(high)"
    }

    private static func color(_ severity: String) -> Console.Color {
        switch severity.lowercased() {
        case "critical", "error", "high": .bad
        case "info", "low": .good
        default: .warning
        }
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
