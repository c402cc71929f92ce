package import TelemetryJSON

/// A query made ready once; ``QueryRun`` takes it over documents.
package struct CompiledQuery: Sendable {
    /// What it was made from.
    package let statement: QueryStatement
    /// Every path of the query once; its place is its slot. Those of the condition come first.
    package let paths: [JSONPath]
    /// `nil` when every document matches.
    package let condition: CompiledCondition?
    /// What the condition reads.
    package let conditionSections: QuerySections
    /// What the rows read besides; ``QuerySections/all`` for `SELECT *`.
    package let rowSections: QuerySections
    /// What an index can narrow the documents with; all of them hold for every document that matches.
    package let hints: [QueryHint]
    /// The same for the same query, however it is spaced and capitalised, on every machine.
    package let fingerprint: UInt64

    /// The columns' keys.
    let keys: [String]
    /// The columns' paths; `nil` for `COUNT()`.
    let itemSlots: [Int?]
    let groupSlots: [Int]

    /// Compiles a query; linear in its length.
    package init(_ statement: QueryStatement) {
        var paths = QueryPaths()
        self.statement = statement
        self.condition = statement.condition.map { CompiledCondition($0, paths: &paths) }
        self.conditionSections = CompiledQuery.sections(of: paths.all)
        self.itemSlots = statement.items.map { item in
            switch item.source {
            case .path(let path), .aggregate(_, let path): paths.slot(of: path)
            case .count: nil
            }
        }
        self.groupSlots = statement.groupBy.map { paths.slot(of: $0) }
        self.keys = statement.items.enumerated().map { $1.key(at: $0 + 1) }
        self.paths = paths.all
        let rowSlots = Set(self.itemSlots.compactMap(\.self) + self.groupSlots)
        let rowPaths = rowSlots.map { paths.all[$0] }
        self.rowSections = statement.items.isEmpty ? .all : CompiledQuery.sections(of: rowPaths)
        self.hints = statement.condition.map(QueryHint.hints) ?? []
        self.fingerprint = QueryContinuation.hash(Array(statement.description.utf8))
    }

    /// Whether a document matches the condition.
    package func matches(_ document: some QueryDocument) -> Bool {
        self.condition?.matches(document) ?? true
    }

    private static func sections(of paths: [JSONPath]) -> QuerySections {
        paths.reduce(into: []) { $0.formUnion(QuerySections(of: $1)) }
    }
}
