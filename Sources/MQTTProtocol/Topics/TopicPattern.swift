import MQTTCodec

/// The text of a permission: a topic filter with placeholders, and what it covers.
package enum TopicPattern {
    /// The filter a permission grants; `nil` when it grants nothing.
    static func expand(_ pattern: String, _ values: [String: String?]) -> String? {
        guard let filter = self.replace(pattern, values), TopicFilter.isValid(filter),
            !filter.withTopicBytes({ self.isReserved($0) })
        else { return nil }
        return filter
    }

    /// Whether a topic or filter is the hub's or begins with `$`.
    static func isReserved(_ topic: UnsafeRawBufferPointer) -> Bool {
        if topic.beginsWithDollar { return true }
        var levels = TopicLevels(topic)
        return levels.next().map { $0.elementsEqual("devices".utf8) } ?? false
    }

    /// Whether every topic that `filter`, or the topic name `filter`, matches is matched by `granted`.
    ///
    /// Neither begins with `$`. `a/#` covers `a`, `a/b`, `a/+` and `a/b/#`; `a/+` does not cover `a/#`.
    static func covers(_ granted: UnsafeRawBufferPointer, _ filter: UnsafeRawBufferPointer) -> Bool {
        var granted = TopicLevels(granted)
        var filter = TopicLevels(filter)
        while let allowed = granted.next() {
            if allowed.isHash { return true }
            guard let wanted = filter.next() else {
                return false
            }
            guard !wanted.isHash, allowed.isPlus || allowed.equals(wanted) else { return false }
        }
        return filter.next() == nil
    }

    /// Puts values into a text, each once: what a value contains is not looked at again.
    private static func replace(_ pattern: String, _ values: [String: String?]) -> String? {
        var result = ""
        var rest = pattern[...]
        while let opening = rest.firstIndex(of: "{") {
            result += rest[..<opening]
            guard let closing = rest[opening...].firstIndex(of: "}"),
                case .some(.some(let value)) = values[String(rest[rest.index(after: opening)..<closing])],
                self.isSafe(value)
            else { return nil }
            result += value
            rest = rest[rest.index(after: closing)...]
        }
        return result + rest
    }

    /// Whether a value is text inside one level.
    private static func isSafe(_ value: String) -> Bool {
        !value.isEmpty
            && !value.utf8.contains { byte in
                byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "/") || byte == 0
            }
    }
}
