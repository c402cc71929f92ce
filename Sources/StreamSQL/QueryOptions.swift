/// What surrounds a query when it is checked.
package struct QueryOptions: Sendable {
    /// The topics that exist, for errors about names; `nil` when any name will do.
    package var topics: [String]?
    /// The files with reference data that exist; `nil` when any name that ends in `.csv`, `.json` or `.jsonl` will do.
    package var files: [String]?
    /// Whether each query must say `INTO` where its results go; otherwise one query may do without.
    package var requiresInto: Bool

    /// Options.
    package init(topics: [String]? = nil, files: [String]? = nil, requiresInto: Bool = false) {
        self.topics = topics
        self.files = files
        self.requiresInto = requiresInto
    }
}
