import TelemetryModel

extension RuleParser {
    mutating func text(_ node: RuleNode, _ key: String) -> String? {
        guard let text = node.text else {
            self.fail(node, key: key, expected: "one text, in quotes when it begins with {")
            return nil
        }
        return text
    }

    mutating func required(_ node: RuleNode?, _ key: String, line: Int) -> String? {
        guard let node else {
            self.fail(.scalar("", line: line), key: key, expected: "a text; the key is missing")
            return nil
        }
        guard let text = self.text(node, key) else { return nil }
        guard !text.isEmpty else {
            self.fail(node, key: key, expected: "a text that is not empty")
            return nil
        }
        return text
    }

    mutating func boolean(_ node: RuleNode, _ key: String) -> Bool? {
        switch node.text {
        case "true": return true
        case "false": return false
        default:
            self.fail(node, key: key, expected: "true or false")
            return nil
        }
    }

    mutating func number(_ node: RuleNode, _ key: String) -> Double? {
        guard let value = node.text.flatMap(Double.init), value.isFinite else {
            self.fail(node, key: key, expected: "a number")
            return nil
        }
        return value
    }

    mutating func word<Word: RawRepresentable & CaseIterable>(_ node: RuleNode, _ key: String, _: Word.Type) -> Word?
    where Word.RawValue == String {
        if let text = node.text, let word = Word(rawValue: text) { return word }
        self.fail(node, key: key, expectedOneOf: Word.allCases.map(\.rawValue))
        return nil
    }

    mutating func fail(_ node: RuleNode, key: String, expectedOneOf names: [String]) {
        let nearest = node.text.flatMap { NearestName.of($0, among: names) }.map { "; did you mean \($0)?" } ?? ""
        self.fail(node, key: key, expected: "one of \(names.joined(separator: ", "))\(nearest)")
    }

    /// A list's items; a single text is a list of one.
    mutating func list(_ node: RuleNode?, _ key: String) -> [RuleNode] {
        switch node {
        case nil, .scalar("", _)?: return []
        case .list(let items, _)?: return items
        case .scalar?, .map?: return node.map { [$0] } ?? []
        }
    }

    mutating func entries(_ node: RuleNode?, _ key: String) -> [RuleNode.Entry] {
        switch node {
        case nil, .scalar("", _)?: return []
        case .map(let entries, _)?: return entries
        case .some(let other):
            self.fail(other, key: key, expected: "names with their values below, “old: new”")
            return []
        }
    }

    /// A map's values by key, after an unknown key was reported.
    mutating func keys(_ node: RuleNode, _ key: String, among names: [String]) -> [String: RuleNode]? {
        guard case .map(let entries, _) = node else {
            self.fail(node, key: key, expected: "keys below: \(names.joined(separator: ", "))")
            return nil
        }
        var keys = [String: RuleNode]()
        for entry in entries {
            if names.contains(entry.key) {
                keys[entry.key] = entry.value
            } else {
                self.unknown(entry, subject: "\(self.subject).\(key)", among: names)
            }
        }
        return keys
    }

    mutating func pattern(_ node: RuleNode, _ key: String) -> TopicPattern? {
        guard let text = self.text(node, key) else { return nil }
        do throws(TopicPattern.Fault) {
            return try TopicPattern(text)
        } catch {
            self.fail(node, key: key, expected: error.expected)
            return nil
        }
    }

    mutating func template(
        _ node: RuleNode,
        _ key: String,
        names: [String],
        allowsPayload: Bool = false
    ) -> TextTemplate? {
        guard let text = self.text(node, key) else { return nil }
        do throws(TextTemplate.Fault) {
            return try TextTemplate(text, names: names, allowsPayload: allowsPayload)
        } catch {
            let nearest = error.unknownName.flatMap { NearestName.of($0, among: names) }
            self.fail(node, key: key, expected: error.expected + (nearest.map { "; did you mean {\($0)}?" } ?? ""))
            return nil
        }
    }

    /// Whether a text can be the name of a value in a record; reports it when not.
    mutating func isName(_ text: String, _ node: RuleNode, _ key: String) -> Bool {
        if !text.isEmpty, text.utf8.count <= IngestLimits.nameBytesMax, text != "ts" { return true }
        self.fail(
            node,
            key: key,
            expected: "a name of 1 to \(IngestLimits.nameBytesMax) bytes other than ts, which is the record's time"
        )
        return false
    }
}
