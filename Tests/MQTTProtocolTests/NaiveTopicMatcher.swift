/// The rules of MQTT 5.0 §4.7 in their plainest form: what the trees are compared with.
enum NaiveTopicMatcher {
    static func matches(filter: String, topic: String) -> Bool {
        let filter = filter.split(separator: "/", omittingEmptySubsequences: false)
        let topic = topic.split(separator: "/", omittingEmptySubsequences: false)
        if topic[0].hasPrefix("$"), filter[0] == "#" || filter[0] == "+" { return false }
        for (position, level) in filter.enumerated() {
            if level == "#" { return true }
            guard position < topic.count, level == "+" || level == topic[position] else { return false }
        }
        return filter.count == topic.count
    }
}
