package import TelemetryJSON

/// A whole query: `SELECT … FROM … WHERE … GROUP BY …` (`twins.md` section 8).
package struct QueryStatement: Equatable, Sendable {
    /// Longest query or condition in UTF-8 bytes: room for some thousand ids behind `IN`.
    package static let lengthMax = 65_536
    /// Most paths behind `GROUP BY`.
    package static let groupPathsMax = 8

    /// At most so many rows, 1 to 2³¹ − 1; `nil` for all.
    package var top: Int?
    /// The columns; empty for `*`, the whole documents.
    package var items: [QueryItem]
    /// What is read.
    package var collection: QueryCollection
    /// `nil` when every document matches.
    package var condition: QueryExpression?
    /// What documents must have in common to make one row; empty for no groups.
    package var groupBy: [JSONPath]

    /// A query of these parts; what ``init(parsing:)`` refuses is not looked for.
    package init(
        top: Int? = nil,
        items: [QueryItem] = [],
        collection: QueryCollection = .devices,
        condition: QueryExpression? = nil,
        groupBy: [JSONPath] = []
    ) {
        self.top = top
        self.items = items
        self.collection = collection
        self.condition = condition
        self.groupBy = groupBy
    }

    /// Reads a query.
    ///
    /// - Throws: The first fault, with its place and what to do.
    package init(parsing text: String) throws(QuerySyntaxError) {
        var parser = try QueryParser(text, operands: FleetOperands(.devices))
        self = try parser.statement()
    }

    /// Whether rows are computed from many documents, so that none is known before the last document.
    package var isAggregated: Bool {
        !self.groupBy.isEmpty || self.items.contains { $0.isAggregate }
    }
}

extension QueryStatement: CustomStringConvertible {
    /// The query in one canonical form; reads back as the same.
    package var description: String {
        var text = "SELECT "
        if let top { text += "TOP \(top) " }
        text += self.items.isEmpty ? "*" : self.items.map(\.description).joined(separator: ", ")
        text += " FROM \(self.collection.rawValue)"
        if let condition { text += " WHERE \(condition)" }
        if !self.groupBy.isEmpty { text += " GROUP BY " + self.groupBy.map(\.queryText).joined(separator: ", ") }
        return text
    }
}
