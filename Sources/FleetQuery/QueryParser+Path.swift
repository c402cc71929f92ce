internal import TelemetryJSON

extension QueryParser {
    /// Most steps of a path: JSON is read no deeper.
    static let stepsMax = 64
    /// Highest number of an array's element.
    static let indexMax = 1_000_000

    /// Reads a path; `what` is what the place wants, for the fault when none is there.
    mutating func path(wanted what: String = "a path") throws(QuerySyntaxError) -> JSONPath {
        let start = self.token.range.lowerBound
        let isFirstBracketed = self.isAtBracketedName
        var end = self.token.range.upperBound
        var steps: [JSONPath.Step] = []
        if isFirstBracketed {
            steps.append(.name(try self.takeBracketedName()))
        } else {
            steps.append(.name(try self.firstName(wanted: what)))
        }
        while let step = try self.step() {
            guard steps.count < QueryParser.stepsMax else {
                throw self.lexer.fault(
                    at: start,
                    found: "a path of more than \(QueryParser.stepsMax) steps",
                    expected: "at most \(QueryParser.stepsMax)",
                    advice: "No document is that deep; shorten the path."
                )
            }
            steps.append(step.step)
            end = step.end
        }
        do throws(QueryOperandFault) {
            return try self.operands.resolve(JSONPath(steps), isFirstBracketed: isFirstBracketed)
        } catch {
            throw self.lexer.fault(
                at: start,
                found: self.text(of: start..<end),
                expected: error.expected,
                advice: error.advice
            )
        }
    }

    private mutating func firstName(wanted what: String) throws(QuerySyntaxError) -> String {
        guard case .name(let name) = self.token.kind else {
            throw self.unexpected(what, "Write a property's path, for example tags.site.")
        }
        let capitals = QueryLexer.capitals(name)
        guard !QueryParser.reserved.contains(capitals) || capitals == "DEVICES" || capitals == "C" else {
            throw self.unexpected(what, "A property that is called like a keyword is written [[\(name)]].")
        }
        try self.advance()
        return name
    }

    /// Reads one step down, if one comes.
    private mutating func step() throws(QuerySyntaxError) -> (step: JSONPath.Step, end: Int)? {
        if self.isAtBracketedName {
            let name = try self.takeBracketedName()
            return (.name(name), self.token.range.lowerBound)
        }
        if try self.take(.openBracket) {
            guard case .number(.integer(let index)) = self.token.kind, index <= QueryParser.indexMax else {
                throw self.unexpected(
                    "the number of an element, 0 to \(QueryParser.indexMax)",
                    "Write a[0] for an array's first element, a.[[odd name]] for a property."
                )
            }
            try self.advance()
            let end = self.token.range.upperBound
            guard try self.take(.closeBracket) else {
                throw self.unexpected("]", "Close the element's number with ].")
            }
            return (.index(Int(index)), end)
        }
        guard try self.take(.dot) else { return nil }
        let end = self.token.range.upperBound
        if self.isAtBracketedName {
            let name = try self.takeBracketedName()
            return (.name(name), self.token.range.lowerBound)
        }
        guard case .name(let name) = self.token.kind else {
            throw self.unexpected("a name behind the dot", "Write odd names in double brackets: tags.[[2nd floor]].")
        }
        try self.advance()
        return (.name(name), end)
    }
}
