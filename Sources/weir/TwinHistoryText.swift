import TelemetryJSON

/// A change of a twin as one readable line: when, which version, who, from what to what.
///
///     2026-11-21T03:51:17.205Z  v7  policy:service  update   desired.interval: 5 → 10; tags.site: none → "north"
///
/// Source: the records of topic `twin-changes`, `TwinRecord`.
enum TwinHistoryText {
    /// The line; a record of another form is shown like any event.
    static func line(_ record: [UInt8], for console: Console) -> String {
        guard let body = try? JSONValue(parsing: record).object?["body"]?.object, let words = self.words(body) else {
            return EventText.line(record, for: console)
        }
        let time = body["change"]?.object?["at"]?.string ?? ""
        return "\(console.colored(time, .faint))  \(EventText.printable(words))"
    }

    /// The line without the time; `nil` for a body of another form.
    static func words(_ body: JSONObject) -> String? {
        guard let change = body["change"]?.object, let kind = change["kind"]?.string else { return nil }
        let parts = [
            body["version"]?.integer.map { "v\($0)" } ?? "v?",
            change["by"]?.string ?? "unknown",
            kind.count < 7 ? kind + String(repeating: " ", count: 7 - kind.count) : kind,
            self.differences(body, change: change, isReplacement: kind == "replace"),
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// What was written where, from what to what.
    private static func differences(_ body: JSONObject, change: JSONObject, isReplacement: Bool) -> String {
        let previous = change["previous"]?.object ?? [:]
        let before = previous["properties"]?.object ?? [:]
        let after = body["properties"]?.object ?? [:]
        // A section that is not in `previous` was not written, though a replacement's record has all of them.
        let sections: [(name: String, before: JSONObject?, after: JSONObject?)] = [
            ("tags", previous["tags"]?.object, body["tags"]?.object),
            ("desired", before["desired"]?.object, after["desired"]?.object),
            ("reported", before["reported"]?.object, after["reported"]?.object),
        ]
        let words = sections.flatMap { section -> [String] in
            guard let before = section.before else { return [] }
            return self.differences(from: before, to: section.after ?? [:], skipsSame: isReplacement)
                .map { "\(section.name).\($0)" }
        }
        return words.isEmpty ? "nothing changed" : words.joined(separator: "; ")
    }

    /// One phrase for each leaf that is in either.
    static func differences(from before: JSONObject, to after: JSONObject, skipsSame: Bool) -> [String] {
        let old = PropertyLeaves.of(before)
        let new = PropertyLeaves.of(after)
        let oldValues = Dictionary(old.map { ($0.path, $0.value) }) { $1 }
        let newValues = Dictionary(new.map { ($0.path, $0.value) }) { $1 }
        let paths = new.map(\.path) + old.map(\.path).filter { newValues[$0] == nil }
        return paths.compactMap { path in
            let (from, to) = (oldValues[path] ?? .null, newValues[path] ?? .null)
            // Nothing was there and nothing is: the object around new leaves, or the deletion of what was not there.
            guard from != .null || to != .null else { return nil }
            guard from != to else { return skipsSame ? nil : "\(path): \(self.text(to)) again" }
            return "\(path): \(self.text(from)) → \(self.text(to))"
        }
    }

    /// `null` stands for what is not there.
    private static func text(_ value: JSONValue) -> String {
        value == .null ? "none" : PropertyLeaves.text(value, widthMax: 60)
    }
}
