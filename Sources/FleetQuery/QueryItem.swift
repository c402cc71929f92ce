package import TelemetryJSON

/// One column of a query's rows.
package struct QueryItem: Equatable, Sendable {
    /// Where the column's values come from.
    package enum Source: Equatable, Sendable {
        case path(JSONPath)
        /// `COUNT()`.
        case count
        /// Any other aggregate over a path.
        case aggregate(QueryAggregate, JSONPath)
    }

    /// What the column shows.
    package var source: Source
    /// The name given with `AS`.
    package var alias: String?

    /// A column, perhaps with a name of its own.
    package init(_ source: Source, as alias: String? = nil) {
        self.source = source
        self.alias = alias
    }

    /// The column's key in the rows: its alias, the last name of its path, or `$` and its place.
    ///
    /// - Parameter place: The item's place in the list, from 1.
    /// - Returns: The key.
    package func key(at place: Int) -> String {
        if let alias { return alias }
        if case .path(let path) = self.source, let name = path.lastName { return name }
        return "$\(place)"
    }

    /// Whether the column is computed from many documents.
    package var isAggregate: Bool {
        if case .path = self.source { false } else { true }
    }
}

extension QueryItem: CustomStringConvertible {
    /// The item as a query writes it.
    package var description: String {
        let source =
            switch self.source {
            case .path(let path): path.queryText
            case .count: "COUNT()"
            case .aggregate(let aggregate, let path): "\(aggregate.rawValue)(\(path.queryText))"
            }
        guard let alias else { return source }
        return source + " AS " + (QueryLexer.isPlain(alias) ? alias : "[[\(alias)]]")
    }
}
