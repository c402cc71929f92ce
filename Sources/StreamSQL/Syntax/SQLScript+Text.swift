extension SQLScript: CustomStringConvertible {
    /// The file as text that reads back as the same file.
    package var description: String {
        var lines = self.functions.map { function in
            let parameters = function.parameters.map(SQLExpression.quoted).joined(separator: ", ")
            return "CREATE FUNCTION \(SQLExpression.quoted(function.name))(\(parameters)) AS \(function.body);"
        }
        if !self.steps.isEmpty {
            let steps = self.steps.map { "\(SQLExpression.quoted($0.name)) AS (\($0.query))" }
            lines.append("WITH " + steps.joined(separator: ", "))
        }
        lines += self.queries.map { "\($0);" }
        return lines.joined(separator: "\n")
    }
}

extension SQLQuery: CustomStringConvertible {
    package var description: String {
        // One UNION without ALL makes all of them so.
        self.selects.map(\.description).joined(separator: self.removesDuplicates ? " UNION " : " UNION ALL ")
    }
}

extension SQLSelect: CustomStringConvertible {
    package var description: String {
        var text = "SELECT " + self.items.map(\.description).joined(separator: ", ")
        if let into = self.into { text += " INTO \(SQLExpression.quoted(into.text))" }
        text += " FROM \(self.from)"
        for join in self.joins { text += " \(join)" }
        if let filter = self.filter { text += " WHERE \(filter)" }
        if !self.groupBy.isEmpty { text += " GROUP BY \(SQLExpression.list(self.groupBy))" }
        if let having = self.having { text += " HAVING \(having)" }
        return text
    }
}

extension SQLItem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .star(let alias, _): alias.map { SQLExpression.quoted($0.text) + ".*" } ?? "*"
        case .expression(let expression, let alias):
            // A comparison that begins an item would read back as the column's name.
            (expression.isCondition ? "(\(expression))" : expression.description)
                + (alias.map { " AS \(SQLExpression.quoted($0.text))" } ?? "")
        }
    }
}

extension SQLExpression {
    fileprivate var isCondition: Bool {
        switch self.kind {
        case .all, .any, .not, .isNull, .between, .isIn, .like: true
        case .binary(let operation, _, _): operation.precedence == 1
        case .literal, .column, .negated, .choice, .cast, .call, .member: false
        }
    }
}

extension SQLInput: CustomStringConvertible {
    package var description: String {
        var text =
            switch self.source {
            case .named(let name): SQLExpression.quoted(name.text)
            case .query(let query): "(\(query))"
            case .elements(let expression): "\(expression)"
            }
        if let alias = self.alias { text += " AS \(SQLExpression.quoted(alias.text))" }
        if let timestampBy = self.timestampBy { text += " TIMESTAMP BY \(timestampBy)" }
        if !self.over.isEmpty { text += " OVER \(SQLExpression.list(self.over))" }
        if !self.partitionBy.isEmpty { text += " PARTITION BY \(SQLExpression.list(self.partitionBy))" }
        return text
    }
}

extension SQLJoin: CustomStringConvertible {
    package var description: String {
        guard let condition = self.condition else { return "\(self.isOuter ? "OUTER" : "CROSS") APPLY \(self.input)" }
        return "\(self.isOuter ? "LEFT OUTER JOIN" : "JOIN") \(self.input) ON \(condition)"
    }
}
