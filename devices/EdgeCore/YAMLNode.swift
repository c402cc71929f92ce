/// A piece of a YAML document, with the line it begins on. Anchors, aliases and tags have no place in a configuration.
package struct YAMLNode: Equatable, Sendable {
    package struct Member: Equatable, Sendable {
        package var key: String
        package var line: Int
        package var node: YAMLNode

        package init(key: String, line: Int, node: YAMLNode) {
            self.key = key
            self.line = line
            self.node = node
        }
    }

    package indirect enum Value: Equatable, Sendable {
        case scalar(String, isQuoted: Bool)
        case sequence([YAMLNode])
        case mapping([Member])
    }

    /// First line of the file is 1.
    package var line: Int
    package var value: Value

    package init(line: Int, _ value: Value) {
        self.line = line
        self.value = value
    }

    /// A key written without a value, or with `null`: the default is meant.
    package var isNull: Bool {
        if case .scalar(let text, false) = self.value { text.isEmpty || text == "~" || text == "null" } else { false }
    }

    /// What it is called in a sentence.
    package var kind: String {
        switch self.value {
        case .scalar(let text, _): "'\(text.prefix(80))'"
        case .sequence: "a list"
        case .mapping: "a section"
        }
    }
}
