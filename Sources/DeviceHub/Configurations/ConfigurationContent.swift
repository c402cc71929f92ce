package import TelemetryJSON

/// What a configuration writes into twins: values at paths below `properties.desired`.
///
/// Source: contract iothub-rest section 7.
package struct ConfigurationContent: Equatable, Sendable {
    /// A value and where it belongs.
    package struct Entry: Equatable, Sendable {
        /// Names from the top of the desired properties down; at least one.
        package var path: [String]
        /// Without nulls.
        package var value: JSONValue

        /// An entry.
        package init(path: [String], value: JSONValue) {
            self.path = path
            self.value = value
        }
    }

    /// None's path begins another's.
    package let entries: [Entry]

    /// Entries that do not overlap.
    package init(entries: [Entry]) {
        self.entries = entries
    }

    /// Whether both write at one place, or one below the other.
    static func overlap(_ left: [String], _ right: [String]) -> Bool {
        zip(left, right).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }

    /// The entries as one tree.
    var tree: JSONObject { ConfigurationContent.tree(of: self.entries) }

    /// Entries that do not overlap as one tree.
    static func tree(of entries: [Entry]) -> JSONObject {
        entries.reduce(into: JSONObject()) { tree, entry in tree.put(entry.value, at: entry.path[...]) }
    }
}

extension JSONObject {
    /// Puts a value below objects that are made where they are missing.
    fileprivate mutating func put(_ value: JSONValue, at path: ArraySlice<String>) {
        guard let name = path.first else { return }
        guard path.count > 1 else {
            self.set(name, to: value)
            return
        }
        var inner = self[name]?.object ?? [:]
        inner.put(value, at: path.dropFirst())
        self.set(name, to: .object(inner))
    }
}
