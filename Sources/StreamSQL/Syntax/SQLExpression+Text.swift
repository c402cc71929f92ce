internal import TelemetryJSON

extension SQLExpression: CustomStringConvertible {
    /// The expression as text that reads back as the same expression.
    package var description: String { self.text(inside: 0) }

    /// How tight the outermost operator binds: `OR` 1, `AND` 2, `NOT` 3, comparisons 4, sums 5, products 6, the rest 8.
    private var precedence: Int {
        switch self.kind {
        case .any: 1
        case .all: 2
        case .not: 3
        case .isNull, .between, .isIn, .like: 4
        case .binary(let operation, _, _): operation.precedence + 3
        case .negated: 7
        case .literal(let literal): literal.value.number ?? 0 < 0 ? 7 : 8
        case .column, .choice, .cast, .call, .member: 8
        }
    }

    /// The text, in parentheses when it binds looser than its surroundings.
    private func text(inside precedence: Int) -> String {
        self.precedence < precedence ? "(\(self.plainText))" : self.plainText
    }

    private var plainText: String {
        switch self.kind {
        case .literal(let literal): return literal.description
        case .column(let steps): return SQLExpression.text(of: steps)
        case .negated(let part): return "-" + part.text(inside: 8)
        case .not(let part): return "NOT " + part.text(inside: 3)
        case .all(let parts): return parts.map { $0.text(inside: 3) }.joined(separator: " AND ")
        case .any(let parts): return parts.map { $0.text(inside: 2) }.joined(separator: " OR ")
        case .binary(let operation, let left, let right):
            // Of comparisons neither side may be one.
            let leftLevel = operation.precedence == 1 ? 5 : operation.precedence + 3
            return
                "\(left.text(inside: leftLevel)) \(operation.rawValue) \(right.text(inside: operation.precedence + 4))"
        case .isNull(let part, let isNegated): return "\(part.text(inside: 5)) IS \(isNegated ? "NOT " : "")NULL"
        case .between(let part, let low, let high, let isNegated):
            let range = "\(low.text(inside: 5)) AND \(high.text(inside: 5))"
            return "\(part.text(inside: 5)) \(isNegated ? "NOT " : "")BETWEEN \(range)"
        case .isIn(let part, let list, let isNegated):
            return "\(part.text(inside: 5)) \(isNegated ? "NOT " : "")IN (\(SQLExpression.list(list)))"
        case .like(let part, let pattern, let escape, let isNegated):
            let like = "\(part.text(inside: 5)) \(isNegated ? "NOT " : "")LIKE \(pattern.text(inside: 5))"
            return like + (escape.map { " ESCAPE \($0.text(inside: 5))" } ?? "")
        case .choice(let operand, let choices, let otherwise):
            var text = "CASE"
            if let operand { text += " \(operand)" }
            for choice in choices { text += " WHEN \(choice.when) THEN \(choice.then)" }
            if let otherwise { text += " ELSE \(otherwise)" }
            return text + " END"
        case .cast(let part, let type, let isTry): return "\(isTry ? "TRY_CAST" : "CAST")(\(part) AS \(type.rawValue))"
        case .call(let call): return call.description
        case .member(let part, let steps): return part.text(inside: 8) + SQLExpression.suffix(steps)
        }
    }

    static func list(_ expressions: [SQLExpression]) -> String {
        expressions.map(\.description).joined(separator: ", ")
    }

    /// A path, with brackets where they are needed.
    private static func text(of steps: [SQLPathStep]) -> String {
        guard case .name(let first) = steps.first else { return "" }
        return SQLExpression.quoted(first) + SQLExpression.suffix(steps.dropFirst())
    }

    private static func suffix(_ steps: some Sequence<SQLPathStep>) -> String {
        steps.map { step in
            switch step {
            case .name(let name): "." + SQLExpression.quoted(name)
            case .index(let index): "[\(index)]"
            }
        }.joined()
    }

    /// A name, in brackets when it is no plain name.
    static func quoted(_ name: String) -> String {
        let isWord =
            SQLParser.isReserved(name) || ["TRUE", "FALSE", "UDF", "SYSTEM"].contains(StreamText.capitals(name))
        if SQLLexer.isPlain(name), !isWord { return name }
        return "[" + name.split(separator: "]", omittingEmptySubsequences: false).joined(separator: "]]") + "]"
    }
}

extension SQLLiteral: CustomStringConvertible {
    package var description: String {
        switch self.value {
        case .null: return "NULL"
        case .bit(let value): return value ? "TRUE" : "FALSE"
        case .bigint(let value): return String(value)
        case .float(let value): return value.description
        case .nvarchar(let value):
            return "'" + value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        case .datetime(let value): return "CAST('\(value)' AS datetime)"
        case .record, .array:
            var writer = JSONWriter()
            writer.value(self.value)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }
}

extension SQLCall: CustomStringConvertible {
    package var description: String {
        var parts = self.arguments.map(\.description)
        if self.hasStar { parts.insert("*", at: 0) }
        let call = "\(self.name)(\(self.isDistinct ? "DISTINCT " : "")\(parts.joined(separator: ", ")))"
        return call + (self.over.map { " \($0)" } ?? "")
    }
}

extension SQLOver: CustomStringConvertible {
    package var description: String {
        var parts: [String] = []
        if !self.partitionBy.isEmpty { parts.append("PARTITION BY \(SQLExpression.list(self.partitionBy))") }
        if !self.orderBy.isEmpty {
            parts.append(
                "ORDER BY " + self.orderBy.map { "\($0.key)\($0.isDescending ? " DESC" : "")" }.joined(separator: ", ")
            )
        }
        if let limit = self.limit { parts.append("LIMIT DURATION(\(limit.unit), \(limit.length))") }
        if let when = self.when { parts.append("WHEN \(when)") }
        return "OVER (\(parts.joined(separator: " ")))"
    }
}
