internal import TelemetryModel

extension SQLParser {
    /// Whether the star that stands here follows a point: `alias.*`.
    var endsBeforeStar: Bool {
        let start = self.token.range.lowerBound
        return start > 0 && self.lexer.text[start - 1] == UInt8(ascii: ".")
    }

    /// Members and elements behind a value: `.name`, `.[a name]`, `[0]`.
    mutating func path(allowsStar: Bool) throws(StreamSQLError) -> [SQLPathStep] {
        var steps: [SQLPathStep] = []
        while true {
            guard steps.count < SQLParser.levelsMax else {
                throw self.unexpected("at most \(SQLParser.levelsMax) levels", "Make the path shorter.")
            }
            if try self.take(.openBracket) {
                guard case .number(.bigint(let index)) = self.token.kind, let index = Int(exactly: index) else {
                    throw self.unexpected("an element's number", "Write the number of an element, from 0: a[0].")
                }
                try self.advance()
                try self.expect(.closeBracket, "Close the element's number with ].")
                steps.append(.index(index))
            } else if self.token.isSymbol(.dot) {
                let end = self.token.range.upperBound
                try self.advance()
                switch self.token.kind {
                // Members may have the names of keywords, but `a. FROM` lacks one.
                case .name(let name) where SQLParser.isReserved(name) && self.token.range.lowerBound > end:
                    throw self.unexpected("a member's name", "Write the name of a member behind the point.")
                case .name(let name), .bracketedName(let name): steps.append(.name(name))
                case .symbol(.star) where allowsStar && steps.isEmpty: return steps
                case .number, .string, .symbol, .end:
                    throw self.unexpected("a member's name", "Write the name of a member behind the point.")
                }
                try self.advance()
            } else {
                return steps
            }
        }
    }

    /// A constant, a column, a call or a parenthesis.
    mutating func primary(depth: Int) throws(StreamSQLError) -> SQLExpression {
        let position = self.token.range.lowerBound
        switch self.token.kind {
        case .number(let value):
            try self.advance()
            return SQLExpression(.literal(SQLLiteral(value: value)), at: position)
        case .string(let text):
            try self.advance()
            return SQLExpression(.literal(SQLLiteral(value: .nvarchar(text))), at: position)
        case .bracketedName(let name):
            try self.advance()
            return SQLExpression(.column([.name(name)]), at: position)
        case .symbol(.open):
            try self.checkDepth(depth)
            try self.advance()
            if self.token.isWord("SELECT") {
                throw self.unexpected("an expression", "Give the query a name with WITH and join it.")
            }
            let inner = try self.alternative(depth: depth + 1)
            try self.close()
            return inner
        case .name(let name): return try self.word(name, at: position, depth: depth)
        case .symbol, .end:
            throw self.unexpected(
                "a column, a constant, a function or a parenthesis",
                "Write a column's name, for example temperature."
            )
        }
    }

    private mutating func word(_ name: String, at position: Int, depth: Int) throws(StreamSQLError) -> SQLExpression {
        switch StreamText.capitals(name) {
        case "NULL":
            try self.advance()
            return SQLExpression(.literal(SQLLiteral(value: .null)), at: position)
        case "TRUE" where !(try self.peek().isSymbol(.dot)), "FALSE" where !(try self.peek().isSymbol(.dot)):
            try self.advance()
            return SQLExpression(.literal(SQLLiteral(value: .bit(StreamText.capitals(name) == "TRUE"))), at: position)
        case "CASE": return try self.choice(at: position, depth: depth)
        case "CAST", "TRY_CAST":
            if try self.peek().isSymbol(.open) { return try self.cast(name, at: position, depth: depth) }
        default: break
        }
        if try self.peek().isSymbol(.open) { return try self.call(name, at: position, depth: depth) }
        guard !SQLParser.isReserved(name) else {
            throw self.unexpected(
                "a column, a constant, a function or a parenthesis",
                "Put [ and ] around a column whose name is a keyword: [\(name)]."
            )
        }
        try self.advance()
        // `udf.name(…)` and `System.Timestamp()` are calls.
        if ["UDF", "SYSTEM"].contains(StreamText.capitals(name)), self.token.isSymbol(.dot),
            case .name(let second) = try self.peek().kind
        {
            try self.advance()
            if try self.peek().isSymbol(.open) {
                return try self.call(name + "." + second, at: position, depth: depth)
            }
            // The old form of System.Timestamp has no parentheses.
            if StreamText.capitals(name + second) == "SYSTEMTIMESTAMP" {
                try self.advance()
                let call = SQLCall(name: "System.Timestamp", arguments: [], hasStar: false, isDistinct: false)
                return SQLExpression(.call(call), at: position)
            }
            try self.advance()
            return SQLExpression(.column([.name(name), .name(second)]), at: position)
        }
        return SQLExpression(.column([.name(name)]), at: position)
    }

    // MARK: CASE and CAST

    private mutating func choice(at position: Int, depth: Int) throws(StreamSQLError) -> SQLExpression {
        try self.checkDepth(depth)
        try self.advance()
        let operand = self.token.isWord("WHEN") ? nil : try self.alternative(depth: depth + 1)
        var choices: [SQLChoice] = []
        while try self.take("WHEN") {
            let when = try self.alternative(depth: depth + 1)
            try self.expect("THEN", "Write WHEN condition THEN value.")
            choices.append(SQLChoice(when: when, then: try self.alternative(depth: depth + 1)))
        }
        guard !choices.isEmpty else {
            throw self.unexpected("WHEN", "Write CASE WHEN condition THEN value ELSE value END.", among: ["WHEN"])
        }
        let otherwise = try self.take("ELSE") ? try self.alternative(depth: depth + 1) : nil
        guard try self.take("END") else {
            throw self.unexpected("WHEN, ELSE or END", "End CASE with END.", among: ["WHEN", "ELSE", "END"])
        }
        return try self.make(
            .choice(operand: operand, choices, otherwise: otherwise),
            at: position,
            over: choices.flatMap { [$0.when, $0.then] } + [operand, otherwise].compactMap(\.self)
        )
    }

    private mutating func cast(_ name: String, at position: Int, depth: Int) throws(StreamSQLError) -> SQLExpression {
        try self.checkDepth(depth)
        try self.advance()
        try self.advance()
        let operand = try self.alternative(depth: depth + 1)
        try self.expect("AS", "Write CAST(value AS bigint).")
        let type = try self.type()
        try self.close()
        return try self.make(
            .cast(operand, type, isTry: StreamText.capitals(name) == "TRY_CAST"),
            at: position,
            over: [operand]
        )
    }

    private mutating func type() throws(StreamSQLError) -> StreamType {
        let names = ["bigint", "float", "nvarchar(max)", "datetime", "bit"]
        let expected = "a type: \(names.dropLast().joined(separator: ", ")) or bit"
        guard case .name(let name) = self.token.kind else {
            throw self.unexpected(expected, "Write a type behind AS.")
        }
        let types: [String: StreamType] = [
            "BIGINT": .bigint, "FLOAT": .float, "NVARCHAR": .nvarchar, "DATETIME": .datetime, "BIT": .bit,
        ]
        guard let type = types[StreamText.capitals(name)] else {
            let other: String? =
                switch StreamText.capitals(name) {
                case "INT", "INTEGER", "SMALLINT", "TINYINT", "LONG": "bigint"
                case "REAL", "DOUBLE", "DECIMAL", "NUMERIC", "NUMBER": "float"
                case "VARCHAR", "CHAR", "NCHAR", "TEXT", "STRING": "nvarchar(max)"
                case "DATE", "TIME", "TIMESTAMP", "DATETIME2": "datetime"
                case "BOOLEAN", "BOOL": "bit"
                default: NearestName.of(name, among: names)
                }
            throw self.unexpected(expected, "Write \(other ?? "one of them").")
        }
        try self.advance()
        guard type == .nvarchar, try self.take(.open) else { return type }
        guard try self.take("MAX") else {
            throw self.unexpected("MAX", "Texts have no limit: write nvarchar(max).")
        }
        try self.close()
        return type
    }
}
