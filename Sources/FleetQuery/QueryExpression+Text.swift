package import TelemetryJSON

extension QueryExpression: CustomStringConvertible {
    /// The condition in one canonical form; reads back as the same.
    package var description: String {
        self.text(in: 0)
    }

    /// How tight the expression binds: `OR` 1, `AND` 2, `NOT` 3, comparison 4, sum 5, product 6, the rest 7.
    private var precedence: Int {
        switch self {
        case .any: 1
        case .all: 2
        case .not: 3
        case .isIn, .isNotIn: 4
        case .binary(let operation, _, _): 3 + operation.precedence
        case .constant, .path, .negated, .call: 7
        }
    }

    /// The text, in parentheses unless it binds tighter than what surrounds it.
    private func text(in surrounding: Int) -> String {
        let text: String
        switch self {
        case .constant(let constant): text = constant.description
        case .path(let path): text = path.queryText
        case .any(let parts): text = parts.map { $0.text(in: 1) }.joined(separator: " OR ")
        case .all(let parts): text = parts.map { $0.text(in: 2) }.joined(separator: " AND ")
        case .not(let part): text = "NOT " + part.text(in: 2)
        // A minus sign before a number would be the number's, two of them are no word of the language.
        case .negated(.constant(let constant)): text = "-(\(constant))"
        case .negated(.negated(let part)): text = "-(\(QueryExpression.negated(part)))"
        case .negated(let part): text = "-" + part.text(in: 6)
        case .binary(let operation, let left, let right):
            // Sums and products group to the left, comparisons not at all.
            let own = 3 + operation.precedence
            let outer = operation.precedence == 1 ? own : own - 1
            text = "\(left.text(in: outer)) \(operation.rawValue) \(right.text(in: own))"
        case .isIn(let part, let list): text = "\(part.text(in: 4)) IN \(QueryConstant.array(list))"
        case .isNotIn(let part, let list): text = "\(part.text(in: 4)) NIN \(QueryConstant.array(list))"
        case .call(let function, let arguments):
            text = "\(function.rawValue)(\(arguments.map { $0.text(in: 0) }.joined(separator: ", ")))"
        }
        return self.precedence > surrounding ? text : "(\(text))"
    }
}

extension JSONPath {
    /// The path as a query writes it, odd names in `[[ ]]`.
    package var queryText: String {
        var text = ""
        for (place, step) in self.steps.enumerated() {
            switch step {
            case .index(let index): text += "[\(index)]"
            case .name(let name):
                if place > 0 { text += "." }
                let isReserved = place == 0 && QueryParser.reserved.contains(QueryLexer.capitals(name))
                text += QueryLexer.isPlain(name) && !isReserved ? name : "[[\(name)]]"
            }
        }
        return text
    }
}
