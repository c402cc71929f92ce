import TelemetryJSON

/// The leaves of a JSON object by their paths: what tables and histories have lines for.
enum PropertyLeaves {
    /// One property that is no object, or an object without members.
    struct Leaf: Equatable {
        /// `site.floor`; names are joined by points, which they cannot hold themselves.
        var path: String
        var value: JSONValue
    }

    /// The leaves in the order of the document; members whose names begin with `$` are the hub's own and left out.
    static func of(_ object: JSONObject, below prefix: String = "") -> [Leaf] {
        var leaves = [Leaf]()
        for member in object where !member.name.hasPrefix("$") {
            let path = prefix.isEmpty ? member.name : "\(prefix).\(member.name)"
            if let inner = member.value.object, !inner.isEmpty {
                leaves += self.of(inner, below: path)
            } else {
                leaves.append(Leaf(path: path, value: member.value))
            }
        }
        return leaves
    }

    /// A value as one short line: JSON, control characters shown as pictures, cut when it is long.
    static func text(_ value: JSONValue, widthMax: Int = 80) -> String {
        let text = EventText.printable(value.description)
        return text.count <= widthMax ? text : String(text.prefix(widthMax - 1)) + "…"
    }
}
