/// A part of a rule file with its line: what a YAML parser hands over.
package indirect enum RuleNode: Equatable, Sendable {
    case scalar(String, line: Int)
    case list([RuleNode], line: Int)
    case map([Entry], line: Int)

    /// One key of a map.
    package struct Entry: Equatable, Sendable {
        package var key: String
        /// The key's line, from 1.
        package var line: Int
        package var value: RuleNode

        /// A key and its value.
        package init(key: String, line: Int, value: RuleNode) {
            self.key = key
            self.line = line
            self.value = value
        }
    }

    /// The line it begins on, from 1.
    package var line: Int {
        switch self {
        case .scalar(_, let line), .list(_, let line), .map(_, let line): line
        }
    }

    /// The text of a scalar.
    var text: String? {
        if case .scalar(let text, _) = self { text } else { nil }
    }

    /// What a fault shows of it.
    var shown: String? {
        switch self {
        case .scalar(let text, _): text
        case .list: "a list"
        case .map: "a map"
        }
    }
}
