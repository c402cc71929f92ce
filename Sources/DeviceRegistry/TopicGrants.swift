import TelemetryModel

/// The topics an identity may use beyond the hub's own: filters with the placeholders `{device}`, `{module}` and
/// `{client}`, as the operator wrote them.
///
/// A filter here is checked by ``fault(of:)``; what a placeholder's value does to it is decided where it is used.
package struct TopicGrants: Equatable, Sendable, Codable {
    /// Filters of topics it may publish to.
    package var publish: [String]
    /// Filters of topics it may subscribe to.
    package var subscribe: [String]

    /// Filters of one list.
    package static let filtersMax = 64
    /// UTF-8 bytes of one filter.
    package static let filterBytesMax = 1_024
    /// What may stand in braces.
    package static let placeholders = ["device", "module", "client"]

    /// No topic.
    package static let none = TopicGrants()

    /// Grants of these filters.
    package init(publish: [String] = [], subscribe: [String] = []) {
        self.publish = publish
        self.subscribe = subscribe
    }

    /// Whether nothing is granted.
    package var isEmpty: Bool { self.publish.isEmpty && self.subscribe.isEmpty }

    /// What is wrong with a filter, in words that follow “the filter … ”; `nil` when it may stand here.
    ///
    /// Spec: MQTT 5.0 §4.7; the hub's own topics are never granted (contract iothub-mqtt section 10).
    package static func fault(of filter: String) -> String? {
        guard !filter.isEmpty else { return "is empty" }
        guard filter.utf8.count <= self.filterBytesMax else { return "has more than \(self.filterBytesMax) bytes" }
        guard !filter.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            return "holds a control character"
        }
        let levels = filter.split(separator: "/", omittingEmptySubsequences: false)
        for (index, level) in levels.enumerated() {
            if level.contains("#"), level != "#" || index != levels.count - 1 {  // [MQTT-4.7.1-1]
                return "has # where it is not the whole last level"
            }
            if level.contains("+"), level != "+" {  // [MQTT-4.7.1-2]
                return "has + where it is not a whole level"
            }
        }
        if filter.hasPrefix("$") { return "begins with $: those topics are the hub's own" }
        if levels[0] == "devices" { return "begins with devices/: those topics are the hub's own" }
        return self.placeholderFault(of: filter)
    }

    private static func placeholderFault(of filter: String) -> String? {
        var rest = filter[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else {
                return "has a brace without its other half"
            }
            let name = String(rest[rest.index(after: open)..<close])
            guard self.placeholders.contains(name) else {
                let hint = NearestName.of(name, among: self.placeholders).map { "; did you mean {\($0)}?" } ?? ""
                return "has the unknown placeholder {\(name)}: there are {device}, {module} and {client}\(hint)"
            }
            rest = rest[rest.index(after: close)...]
        }
        return nil
    }
}
