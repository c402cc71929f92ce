package import TelemetryJSON

/// A path that is equal to one of some constants in every document that matches: what an index can look up.
///
/// A hint narrows and decides nothing; the condition is still evaluated. Equal means what the language means: numbers by value
/// (`1` and `1.0` are one), texts by code units, `null` only to a JSON null.
package struct QueryHint: Equatable, Sendable {
    /// Most hints of one condition; the first ones count.
    package static let countMax = 16

    /// What is equal.
    package var path: JSONPath
    /// Scalars; empty when no document can match.
    package var values: [QueryConstant]

    /// The claim that the path is equal to one of the values.
    package init(path: JSONPath, values: [QueryConstant]) {
        self.path = path
        self.values = values
    }

    /// All hints of a condition: its conjuncts that are an equality, an `IN`, a path alone (which must be true), or an `OR`
    /// of such over the same path.
    package static func hints(of condition: QueryExpression) -> [QueryHint] {
        switch condition {
        case .all(let parts): Array(parts.lazy.flatMap(QueryHint.hints).prefix(QueryHint.countMax))
        case .any(let parts): QueryHint.common(parts.map(QueryHint.hints))
        case .binary(.equal, .path(let path), .constant(let constant)),
            .binary(.equal, .constant(let constant), .path(let path)):
            [QueryHint(path: path, values: QueryHint.scalars([constant]))]
        case .isIn(.path(let path), let list): [QueryHint(path: path, values: QueryHint.scalars(list))]
        case .path(let path): [QueryHint(path: path, values: [.bool(true)])]
        case .constant, .not, .negated, .binary, .isIn, .isNotIn, .call: []
        }
    }

    /// The hints over paths that every alternative has one for.
    private static func common(_ alternatives: [[QueryHint]]) -> [QueryHint] {
        guard let first = alternatives.first else { return [] }
        return first.compactMap { hint in
            var values = hint.values
            for others in alternatives.dropFirst() {
                guard let other = others.first(where: { $0.path == hint.path }) else { return nil }
                values += other.values
            }
            return QueryHint(path: hint.path, values: values)
        }
    }

    /// The constants that something can be equal to.
    private static func scalars(_ constants: [QueryConstant]) -> [QueryConstant] {
        constants.filter { constant in
            switch constant {
            case .undefined, .array: false
            case .null, .bool, .integer, .number, .string: true
            }
        }
    }
}
