import TelemetryJSON

/// Properties as operators write them: `interval=5`, `site.floor=north`, `spare=null`, or a whole JSON object.
///
/// A value that is JSON is taken as such, anything else is text: `on=true` is a boolean, `site=north` is text, and the
/// text “true” is `on='"true"'`.
enum PropertyAssignment {
    /// Whether the argument is a JSON object, a file or standard input rather than an assignment.
    static func isDocument(_ argument: String) -> Bool {
        argument == "-" || argument.hasPrefix("{") || argument.hasPrefix("@")
    }

    /// Where and what `path=value` assigns; `nil` when it is none.
    static func parse(_ text: String) -> (path: [String], value: JSONValue)? {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        let path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !path.contains("") else { return nil }
        let value = String(text[text.index(after: equals)...])
        do throws(JSONError) {
            return (path, try JSONValue(parsing: value))
        } catch {
            return (path, .string(value))
        }
    }

    /// Puts a value at its place, making the objects above it.
    static func set(_ value: JSONValue, at path: some Collection<String>, in object: inout JSONObject) {
        guard let name = path.first else { return }
        let rest = path.dropFirst()
        guard !rest.isEmpty else {
            object[name] = value
            return
        }
        var inner = object[name]?.object ?? [:]
        self.set(value, at: rest, in: &inner)
        object[name] = .object(inner)
    }

    /// Lays one object over another, member by member.
    static func merge(_ patch: JSONObject, into object: inout JSONObject) {
        for member in patch {
            if let above = member.value.object, var below = object[member.name]?.object {
                self.merge(above, into: &below)
                object[member.name] = .object(below)
            } else {
                object[member.name] = member.value
            }
        }
    }
}
