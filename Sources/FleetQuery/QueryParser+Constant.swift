extension QueryParser {
    /// Reads a constant, if one comes.
    mutating func constant(depth: Int) throws(QuerySyntaxError) -> QueryConstant? {
        switch self.token.kind {
        case .number(let constant):
            try self.advance()
            return constant
        case .string(let text):
            try self.advance()
            return .string(text)
        case .name(let name):
            let constant: QueryConstant
            switch QueryLexer.capitals(name) {
            case "TRUE": constant = .bool(true)
            case "FALSE": constant = .bool(false)
            case "NULL": constant = .null
            case "UNDEFINED": constant = .undefined
            default: return nil
            }
            try self.advance()
            return constant
        case .symbol(.openBracket):
            return .array(try self.list(depth: depth))
        case .symbol, .end:
            return nil
        }
    }

    /// Reads constants in brackets.
    mutating func list(depth: Int) throws(QuerySyntaxError) -> [QueryConstant] {
        guard depth < QueryParser.levelsMax else {
            throw self.unexpected("at most \(QueryParser.levelsMax) levels", "Write the lists flatter.")
        }
        guard try self.take(.openBracket) else {
            throw self.unexpected("[ and a list of constants", "Write the list in brackets: IN ['a', 'b'].")
        }
        var elements: [QueryConstant] = []
        if try self.take(.closeBracket) { return elements }
        repeat {
            let isNegative = try self.take(.minus)
            let element = isNegative ? try self.negativeNumber() : try self.constant(depth: depth + 1)
            guard let element else {
                throw self.unexpected(
                    isNegative ? "a number" : "a constant",
                    "Lists hold texts, numbers, true, false and null; texts stand in quotes."
                )
            }
            elements.append(element)
        } while try self.take(.comma)
        guard try self.take(.closeBracket) else {
            throw self.unexpected("a comma or ]", "Close the list with ].")
        }
        return elements
    }

    /// Reads the number behind a minus sign, if one comes.
    mutating func negativeNumber() throws(QuerySyntaxError) -> QueryConstant? {
        guard case .number(let constant) = self.token.kind else { return nil }
        let number: QueryConstant
        switch constant {
        case .integer(let value): number = .integer(-value)
        // The smallest integer has no positive twin, so its digits were read as a double.
        case .number(0x1p63) where self.isWhole: number = .integer(.min)
        case .number(let value): number = .number(-value)
        case .undefined, .null, .bool, .string, .array: return nil
        }
        try self.advance()
        return number
    }

    /// Whether the number that comes next is written as 2⁶³ is, digit for digit.
    private var isWhole: Bool {
        self.lexer.text[self.token.range].elementsEqual("9223372036854775808".utf8)
    }
}
