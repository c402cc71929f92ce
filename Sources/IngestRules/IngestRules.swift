/// The rules by which ordinary MQTT topics become telemetry. Pure: the caller owns clock, log and configuration file.
package struct IngestRules: Equatable, Sendable {
    /// In the file's order.
    package let rules: [TopicRule]

    /// Rules of one file; none means that nothing is ingested.
    package init(_ rules: [TopicRule] = []) {
        self.rules = rules
    }

    /// The rule for a topic, with everything that depends on the topic alone; `nil` when there is none, or when the topic
    /// carries no telemetry by its specification (Sparkplug commands and STATE). The caller keeps it per connection.
    ///
    /// The first rule whose topic matches counts. Topics of the hub belong to no rule.
    ///
    /// - Parameter topic: UTF-8, not empty, without wildcards.
    /// - Returns: Cost: linear in the topic and the rules.
    package func resolve(topic: some Collection<UInt8>) -> IngestBinding? {
        guard !self.rules.isEmpty, topic.count <= IngestLimits.topicBytesMax else { return nil }
        let bytes = Array(topic)
        let levels = bytes.split(
            separator: UInt8(ascii: "/"),
            maxSplits: IngestLimits.topicLevelsMax,
            omittingEmptySubsequences: false
        )
        guard levels.count <= IngestLimits.topicLevelsMax, let first = levels.first,
            !TopicPattern.hubPrefixes.contains(where: { first.elementsEqual($0) })
        else { return nil }
        for rule in self.rules {
            guard let places = rule.topic.match(levels), !rule.except.contains(where: { $0.match(levels) != nil })
            else {
                continue
            }
            if rule.format == .sparkplugB {
                guard let topic = SparkplugTopic(levels), topic.type.isTelemetry else { return nil }
                return IngestBinding(rule: rule, topic: bytes, sparkplug: topic)
            }
            var named = [String: String]()
            for (name, place) in zip(rule.topic.names, places) {
                let slice = bytes[levels[place.lowerBound].startIndex..<levels[place.upperBound - 1].endIndex]
                named[name] = String(decoding: slice, as: UTF8.self)
            }
            return IngestBinding(rule: rule, topic: bytes, levels: named)
        }
        return nil
    }
}
