import IngestRules

/// Rules for the tests.
enum SampleRules {
    static func rule(
        _ topic: String,
        device: String = "{device}",
        format: IngestFormat = .json,
        _ change: (inout TopicRule) throws -> Void = { _ in }
    ) throws -> TopicRule {
        let pattern = try TopicPattern(topic)
        let template = try TextTemplate(device, names: pattern.names, allowsPayload: true)
        var rule = TopicRule(name: "sample", topic: pattern, device: template, format: format)
        try change(&rule)
        return rule
    }

    static func sparkplug() throws -> TopicRule {
        let device = try TextTemplate("{group}:{node}:{device}", names: ["group", "node", "device"])
        var rule = TopicRule(
            name: "sparkplug",
            topic: try TopicPattern("spBv1.0/#"),
            device: device,
            format: .sparkplugB
        )
        rule.node = try TextTemplate("{group}:{node}", names: ["group", "node"])
        return rule
    }
}
