import TelemetryModel

/// Reads a rule file's tree. Faults are gathered, so that one check shows all of them.
package struct RuleParser {
    var faults: [RuleFault] = []
    /// What faults name before the key: the rule.
    var subject = "rules"

    /// The rules that are switched on, in order; the first one whose topic matches takes a message.
    ///
    /// - Parameter root: the file's tree; `nil` for an empty file.
    /// - Returns: At most ``IngestLimits/rulesMax``.
    /// - Throws: Every fault found, those of rules that are switched off included.
    package static func rules(_ root: RuleNode?) throws(RuleFaults) -> [TopicRule] {
        var parser = RuleParser()
        let rules = root.map { parser.file($0) } ?? []
        guard parser.faults.isEmpty else { throw RuleFaults(faults: parser.faults) }
        return rules
    }

    /// Names of a file's top: how an ingest file is told from another one.
    package static let topKeys = ["rules"]

    private mutating func file(_ root: RuleNode) -> [TopicRule] {
        guard case .map(let entries, _) = root else {
            self.fail(root, key: "rules", expected: "the key “rules:” with a list of rules below")
            return []
        }
        var rules = [TopicRule]()
        for entry in entries {
            guard entry.key == "rules" else {
                self.unknown(entry, subject: nil, among: RuleParser.topKeys)
                continue
            }
            switch entry.value {
            case .scalar("", _): continue
            case .list(let items, let line):
                if items.count > IngestLimits.rulesMax {
                    let expected = "at most \(IngestLimits.rulesMax) rules"
                    self.faults.append(RuleFault(line: line, key: "rules", value: "\(items.count)", expected: expected))
                }
                for (index, item) in items.enumerated() {
                    if let rule = self.rule(item, number: index + 1, known: rules.map(\.name)) { rules.append(rule) }
                }
            case .scalar, .map:
                self.fail(entry.value, key: "rules", expected: "a list of rules, each begun by “- name:”")
            }
        }
        return rules.filter { !self.switchedOff.contains($0.name) }
    }

    /// Names of the rules with `enabled: false`.
    var switchedOff: Set<String> = []

    private mutating func rule(_ node: RuleNode, number: Int, known: [String]) -> TopicRule? {
        self.subject = "rule \(number)"
        guard case .map(let entries, let line) = node else {
            self.fail(node, key: nil, expected: "a rule: keys such as name, topic, device and format")
            return nil
        }
        var keys = [String: RuleNode]()
        for entry in entries { keys[entry.key] = entry.value }
        if let name = keys["name"]?.text, !name.isEmpty { self.subject = name }
        for entry in entries where !RuleParser.ruleKeys.contains(entry.key) {
            self.unknown(entry, subject: self.subject, among: RuleParser.ruleKeys)
        }
        guard let name = self.required(keys["name"], "name", line: line) else { return nil }
        if known.contains(name) {
            self.fail(keys["name"] ?? node, key: "name", expected: "another name: it stands twice")
        }
        let before = self.faults.count
        let rule = self.content(keys, name: name, line: line)
        return self.faults.count == before ? rule : nil
    }

    static let ruleKeys = [
        "name", "enabled", "topic", "except", "device", "node", "format", "time", "values", "valueName", "rename",
        "ignore",
        "convert", "translate", "properties", "broker", "retained",
    ]

    // MARK: Faults

    mutating func fail(_ node: RuleNode, key: String?, expected: String) {
        let name = key.map { self.subject == "rules" ? $0 : "\(self.subject).\($0)" } ?? self.subject
        self.faults.append(RuleFault(line: node.line, key: name, value: node.shown, expected: expected))
    }

    mutating func unknown(_ entry: RuleNode.Entry, subject: String?, among names: [String]) {
        let key = subject.map { "\($0).\(entry.key)" } ?? entry.key
        let nearest = NearestName.of(entry.key, among: names)
        let expected = nearest.map { "a known key; did you mean \($0)?" } ?? "one of \(names.joined(separator: ", "))"
        self.faults.append(RuleFault(line: entry.line, key: key, value: nil, expected: expected))
    }
}
