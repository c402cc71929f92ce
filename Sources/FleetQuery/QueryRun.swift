package import TelemetryJSON

/// One pass of a query over documents, which come in the order of their ids.
///
/// Give it every document with ``offer(_:)`` until ``isComplete``, then take what aggregates made with ``finish()``.
package struct QueryRun {
    /// What a document gives.
    package enum Outcome: Equatable, Sendable {
        /// It does not match, or the query has its rows.
        case nothing
        /// The whole document is a row (`SELECT *`); the caller writes it.
        case whole
        case row(JSONObject)
        /// It counts in a row that ``QueryRun/finish()`` gives.
        case counted
    }

    /// Most groups of one query.
    package static let groupsMax = 10_000

    private let query: CompiledQuery
    private var groups: QueryGroups?
    /// Rows so far, those of earlier pages included.
    package private(set) var rowsGiven: Int

    /// A pass.
    ///
    /// - Parameters:
    ///   - query: The query.
    ///   - rowsGiven: Rows of earlier pages, which count for `TOP`.
    package init(_ query: CompiledQuery, rowsGiven: Int = 0) {
        self.query = query
        self.rowsGiven = rowsGiven
        self.groups = query.statement.isAggregated ? QueryGroups(query) : nil
    }

    /// Whether no further document can give a row.
    package var isComplete: Bool {
        guard self.groups == nil, let top = self.query.statement.top else { return false }
        return self.rowsGiven >= top
    }

    /// Takes the next document.
    ///
    /// - Throws: When it needs a group beyond ``groupsMax``.
    package mutating func offer(_ document: some QueryDocument) throws(QueryLimitError) -> Outcome {
        guard !self.isComplete, self.query.matches(document) else { return .nothing }
        return try self.add(document)
    }

    /// Takes the next document, of which the caller knows that it matches.
    ///
    /// - Throws: When it needs a group beyond ``groupsMax``.
    package mutating func add(_ document: some QueryDocument) throws(QueryLimitError) -> Outcome {
        guard !self.isComplete else { return .nothing }
        if self.groups != nil {
            guard self.groups?.add(document) == true else {
                throw QueryLimitError.tooManyGroups(limit: QueryRun.groupsMax)
            }
            return .counted
        }
        self.rowsGiven += 1
        guard !self.query.statement.items.isEmpty else { return .whole }
        var row = JSONObject()
        for (key, slot) in zip(self.query.keys, self.query.itemSlots) {
            guard let slot, let value = document.value(at: self.query.paths[slot], slot: slot) else { continue }
            row[key] = value
        }
        return .row(row)
    }

    /// The rows that only the last document completes, in order, without those of earlier pages; none unless the query is
    /// aggregated.
    ///
    /// - Parameter limit: Rows of this page at most.
    /// - Returns: The rows, and whether more follow.
    package mutating func finish(limit: Int = .max) -> (rows: [JSONObject], hasMore: Bool) {
        guard let groups else { return ([], false) }
        let rows = groups.rows().prefix(self.query.statement.top ?? .max)
        let rest = rows.dropFirst(self.rowsGiven)
        let page = Array(rest.prefix(limit))
        self.rowsGiven += page.count
        return (page, page.count < rest.count)
    }
}
