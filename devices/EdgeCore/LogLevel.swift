/// How much the agent says in its log; each level includes those before it.
///
/// The raw value is the priority as journald and syslog number it, smaller is more urgent (RFC 5424 table 2).
package enum LogLevel: Int, CaseIterable, Comparable, Sendable {
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6
    case debug = 7

    /// The level of that name, as configuration, twin and `setLogLevel` write it.
    package init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    /// The name, in lower case.
    package var name: String {
        switch self {
        case .error: "error"
        case .warning: "warning"
        case .notice: "notice"
        case .info: "info"
        case .debug: "debug"
        }
    }

    /// All names, for a sentence that says what was expected.
    package static var names: String { Self.allCases.map(\.name).joined(separator: ", ") }

    package static func < (one: LogLevel, other: LogLevel) -> Bool {
        one.rawValue < other.rawValue
    }
}
