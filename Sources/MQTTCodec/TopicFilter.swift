/// The syntax of a topic filter: what a subscription asks for. Spec: MQTT 5.0 §4.7.
package enum TopicFilter {
    /// Whether text is a filter: not empty, `#` alone in the last level only, `+` alone in its level, no U+0000.
    ///
    /// [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.7.3-1] [MQTT-4.7.3-2]
    package static func isValid(_ filter: String) -> Bool {
        guard !filter.isEmpty, filter.utf8.count <= TopicName.lengthMax, !filter.utf8.contains(0) else { return false }
        let levels = filter.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (position, level) in levels.enumerated() where level.count > 1 || position < levels.count - 1 {
            if level.contains(UInt8(ascii: "#")) { return false }
            if level.count > 1, level.contains(UInt8(ascii: "+")) { return false }
        }
        return true
    }
}
