import TelemetryModel

extension RuleParser {
    /// A rule's keys but its name.
    mutating func content(_ keys: [String: RuleNode], name: String, line: Int) -> TopicRule? {
        let format = keys["format"].flatMap { self.word($0, "format", IngestFormat.self) } ?? .json
        let isSparkplug = format == .sparkplugB
        if let enabled = keys["enabled"], self.boolean(enabled, "enabled") == false { self.switchedOff.insert(name) }
        guard let topicNode = keys["topic"] else {
            _ = self.required(nil, "topic", line: line)
            return nil
        }
        guard let topic = self.pattern(topicNode, "topic") else { return nil }
        let names = isSparkplug ? ["group", "node", "device"] : topic.names
        guard let device = self.device(keys["device"], names: names, isSparkplug: isSparkplug, line: line) else {
            return nil
        }
        var rule = TopicRule(name: name, topic: topic, device: device, format: format)
        if isSparkplug {
            let node = keys["node"] ?? .scalar("{group}:{node}", line: line)
            rule.node = self.template(node, "node", names: ["group", "node"])
            self.forbid(keys, ["time", "valueName"], because: "format is sparkplugB, whose metrics say it themselves")
        } else {
            self.forbid(keys, ["node"], because: "only format sparkplugB has edge nodes")
        }
        rule.except = self.list(keys["except"], "except").compactMap { self.pattern($0, "except") }
        rule.time = keys["time"].flatMap { self.time($0) }
        rule.values = keys["values"].map { node in self.list(node, "values").compactMap { self.value($0) } }
        self.valueName(keys["valueName"], of: &rule)
        for entry in self.entries(keys["rename"], "rename") {
            guard let text = self.text(entry.value, "rename.\(entry.key)"),
                self.isName(text, entry.value, "rename.\(entry.key)")
            else { continue }
            rule.rename.append(TopicRule.Rename(ValueSelector(entry.key), to: text))
        }
        rule.rename = rule.rename.filter { !$0.selector.isLastName } + rule.rename.filter(\.selector.isLastName)
        rule.ignore = self.list(keys["ignore"], "ignore")
            .compactMap { self.text($0, "ignore").map { ValueSelector($0) } }
        rule.convert = self.list(keys["convert"], "convert").compactMap { self.conversion($0) }
        for entry in self.entries(keys["translate"], "translate") {
            rule.translate[entry.key] = self.text(entry.value, "translate.\(entry.key)").map { ConstantValue($0) }
        }
        for entry in self.entries(keys["properties"], "properties") {
            if let property = self.property(entry, names: topic.names) { rule.properties.append(property) }
        }
        if let broker = keys["broker"] { rule.isBrokered = self.boolean(broker, "broker") ?? true }
        if let retained = keys["retained"] {
            rule.takesRetained = self.word(retained, "retained", RetainedPolicy.self) != .ignore
        }
        return rule
    }

    /// What happens with messages published with RETAIN=1.
    private enum RetainedPolicy: String, CaseIterable {
        case take
        case ignore
    }

    private mutating func device(_ node: RuleNode?, names: [String], isSparkplug: Bool, line: Int) -> TextTemplate? {
        guard let node else {
            if isSparkplug { return try? TextTemplate("{group}:{node}:{device}", names: names) }
            if names.contains("device") { return try? TextTemplate("{device}", names: names) }
            let expected = "a device id such as \"{device}\", a name of the topic's levels, or \"{payload:PATH}\""
            self.fail(.scalar("", line: line), key: "device", expected: expected)
            return nil
        }
        guard let template = self.template(node, "device", names: names, allowsPayload: !isSparkplug) else {
            return nil
        }
        guard !template.parts.isEmpty else {
            self.fail(node, key: "device", expected: "a device id such as \"{device}\"")
            return nil
        }
        return template
    }

    private mutating func valueName(_ node: RuleNode?, of rule: inout TopicRule) {
        switch rule.format {
        case .number, .text, .auto:
            rule.valueName = self.template(node ?? .scalar("value", line: 0), "valueName", names: rule.topic.names)
        case .json:
            if let node { self.fail(node, key: "valueName", expected: "nothing: JSON names its values itself") }
        case .sparkplugB: return
        }
    }

    private mutating func forbid(_ keys: [String: RuleNode], _ names: [String], because reason: String) {
        for name in names {
            if let node = keys[name] { self.fail(node, key: name, expected: "nothing: \(reason)") }
        }
    }

    private mutating func property(_ entry: RuleNode.Entry, names: [String]) -> TopicRule.Property? {
        let key = "properties.\(entry.key)"
        let own = [IngestProperty.topicName, IngestProperty.ruleName, IngestProperty.timeName, "content-type"]
        guard !entry.key.isEmpty, entry.key.utf8.count <= 128, !entry.key.hasPrefix("iothub-"),
            !entry.key.hasPrefix("$"),
            !own.contains(entry.key)
        else {
            let expected =
                "a property's name of 1 to 128 bytes that is not the gateway's own (iothub-…, $…, \(own.joined(separator: ", ")))"
            self.faults.append(
                RuleFault(line: entry.line, key: "\(self.subject).properties", value: entry.key, expected: expected)
            )
            return nil
        }
        return self.template(entry.value, key, names: names).map { TopicRule.Property(name: entry.key, value: $0) }
    }
}
