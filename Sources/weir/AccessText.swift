import GatewayClient

/// How topics and limits are shown.
enum AccessText {
    /// A line for each list and limit that is set.
    static func lines(
        _ permissions: AccessDescription.Permissions,
        _ limits: AccessDescription.Limits
    ) -> [(String, String)] {
        var lines = [(String, String)]()
        for (name, filters) in [("publish", permissions.publish), ("subscribe", permissions.subscribe)] {
            if !filters.isEmpty { lines.append((name, filters.joined(separator: " "))) }
        }
        for (name, unit, value) in [
            ("message rate", "messages/s", limits.messagesPerSecond), ("byte rate", "bytes/s", limits.bytesPerSecond),
            ("connect rate", "connects/min", limits.connectsPerMinute),
        ] {
            guard let value else { continue }
            lines.append((name, value == 0 ? "no limit" : "\(value) \(unit)"))
        }
        return lines
    }

    /// Names and values in two columns.
    static func aligned(_ lines: [(String, String)], for console: Console) -> [String] {
        lines.map { name, value in
            console.colored(name, .faint) + String(repeating: " ", count: max(1, 15 - name.count)) + value
        }
    }
}
