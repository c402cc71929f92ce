package import TelemetryJSON

/// The paths of a compiled query, each once; a path's place is its slot.
package struct QueryPaths: Sendable {
    /// The paths by slot.
    package private(set) var all: [JSONPath] = []
    private var slots: [JSONPath: Int] = [:]

    /// No paths yet.
    package init() {}

    /// The path's slot, a new one when it is new.
    mutating func slot(of path: JSONPath) -> Int {
        if let slot = self.slots[path] { return slot }
        self.all.append(path)
        self.slots[path] = self.all.count - 1
        return self.all.count - 1
    }
}
