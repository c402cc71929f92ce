import TelemetryJSON

/// A desired property that was not taken, and why, as the operator reads it in the reported properties.
package struct SettingRefusal: Equatable, Sendable {
    /// Its names from the top, joined by points: `channels.temperature.deadBand`.
    package var key: String
    /// A sentence: what was seen, what was expected, and what counts instead.
    package var reason: String

    package init(key: String, reason: String) {
        self.key = key
        self.reason = reason
    }

    /// Longest text of either kept, bytes: the twin takes 4,096.
    private static let textMax = 256

    var json: JSONValue {
        .object(["key": .string(Self.cut(self.key)), "reason": .string(Self.cut(self.reason))])
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= self.textMax ? text : String(text.prefix(self.textMax / 4)) + "…"
    }
}
