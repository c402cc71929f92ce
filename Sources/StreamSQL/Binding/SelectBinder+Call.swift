internal import TelemetryModel

extension SelectBinder {
    /// A call, by what kind of function it is.
    func call(_ call: SQLCall, of expression: SQLExpression, _ mode: Mode) throws(StreamSQLError) -> ExpressionNode {
        let capitals = StreamText.capitals(call.name)
        if FunctionNames.isAggregate(capitals) {
            if call.over?.limit != nil { return try self.analytic(call, capitals, of: expression, mode) }
            return try self.aggregate(call, capitals, of: expression, mode)
        }
        if FunctionNames.isAnalytic(capitals) { return try self.analytic(call, capitals, of: expression, mode) }
        guard FunctionNames.isKnown(call.name) else { throw self.unknownFunction(call, expression) }
        guard call.over == nil, !call.hasStar, !call.isDistinct else {
            throw self.fault(
                expression,
                found: "\(call.name) with \(call.over != nil ? "OVER" : call.hasStar ? "*" : "DISTINCT")",
                expected: "values between the parentheses and nothing behind them",
                advice: "Write \(call.name)(value)."
            )
        }
        switch capitals {
        case "SYSTEM.TIMESTAMP":
            try self.checkCount(call, 0...0, expression)
            return .time
        case "SYSTEM.WINDOW":
            throw self.fault(
                expression,
                found: "System.Window()",
                expected: "a member of it: Id, Start or End",
                advice: "Write System.Window().Id."
            )
        case "COALESCE":
            try self.checkCount(call, 2...SQLParser.partsMax, expression)
            let parts = try self.nodes(call.arguments, mode)
            return try self.fold(.firstKnown(parts), parts, expression)
        case "GETMETADATAPROPERTYVALUE": return try self.metadataValue(call, of: expression, mode)
        case _ where WindowNames.all.contains(capitals):
            throw self.fault(
                expression,
                found: "\(call.name)",
                expected: "a value",
                advice: "Windows stand in GROUP BY."
            )
        default: return try self.scalar(call, of: expression, mode)
        }
    }

    private func scalar(
        _ call: SQLCall,
        of expression: SQLExpression,
        _ mode: Mode
    ) throws(StreamSQLError) -> ExpressionNode {
        guard let function = ScalarFunction.named(call.name) else { throw self.unknownFunction(call, expression) }
        try self.checkCount(call, function.arity, expression)
        var arguments = call.arguments
        var unit: TimeUnit?
        if case .unit = function.body {
            unit = try self.unit(arguments.removeFirst(), of: call.name)
            if let input = arguments.first(where: { self.isInput($0) }) {
                throw self.fault(
                    input,
                    found: "an input",
                    expected: "an instant",
                    advice: "Inputs are compared in the ON of a JOIN only; write the column with the time."
                )
            }
        }
        let nodes = try self.nodes(arguments, mode)
        return try self.fold(.call(function, unit: unit, nodes), nodes, expression)
    }

    private func unknownFunction(_ call: SQLCall, _ expression: SQLExpression) -> StreamSQLError {
        self.fault(
            expression,
            found: "'\(call.name)'",
            expected: "the name of a function",
            advice: FunctionNames.advice(call.name, self.script.functions)
        )
    }

    /// Whether a normal expression is a whole event.
    private func isInput(_ expression: SQLExpression) -> Bool {
        if case .column(let steps) = expression.kind { steps.count == 1 } else { false }
    }

    /// `System.Window().Id`, `.Start` and `.End`.
    func windowMember(
        _ steps: [SQLPathStep],
        of expression: SQLExpression,
        _ mode: Mode
    ) throws(StreamSQLError) -> ExpressionNode {
        guard mode == .group else {
            throw self.fault(
                expression,
                found: "System.Window()",
                expected: "a query with a window in GROUP BY",
                advice: "Write System.Timestamp() for the event's time."
            )
        }
        let name: String =
            if steps.count == 1, case .name(let name) = steps[0] { StreamText.capitals(name) } else { "" }
        switch name {
        case "ID": return ExpressionNode(slot: self.windowIDSlot)
        case "START": return ExpressionNode(slot: self.windowIDSlot + 1)
        case "END": return .time
        default:
            throw self.fault(
                expression,
                found: self.shown(expression),
                expected: "System.Window().Id, .Start or .End",
                advice: "Write System.Window().Id."
            )
        }
    }

    // MARK: Checks

    func checkCount(_ call: SQLCall, _ arity: ClosedRange<Int>, _ expression: SQLExpression) throws(StreamSQLError) {
        guard !arity.contains(call.arguments.count) else { return }
        let count =
            if arity.lowerBound == arity.upperBound {
                "\(arity.lowerBound)"
            } else if arity.upperBound >= 1_000 {
                "\(arity.lowerBound) or more"
            } else {
                "\(arity.lowerBound) to \(arity.upperBound)"
            }
        throw self.fault(
            expression,
            found: "\(call.name) with \(call.arguments.count) argument\(call.arguments.count == 1 ? "" : "s")",
            expected: count,
            advice: "Give \(call.name) \(count) argument\(count == "1" ? "" : "s")."
        )
    }

    /// A unit's name.
    func unit(_ expression: SQLExpression, of function: String) throws(StreamSQLError) -> TimeUnit {
        let name: String? =
            switch expression.kind {
            case .column(let steps):
                if steps.count == 1, case .name(let name) = steps[0] { name } else { nil }
            case .literal(let literal): if case .nvarchar(let name) = literal.value { name } else { nil }
            default: nil
            }
        if let name, let unit = TimeUnit(named: name) { return unit }
        let names = TimeUnit.allCases.map(\.rawValue)
        let nearest = name.flatMap { NearestName.of($0, among: names) }
        throw self.fault(
            expression,
            found: "'\(name ?? self.shown(expression))'",
            expected: "a unit: \(names.joined(separator: ", "))",
            advice: nearest.map { "Write \($0)." } ?? "Write the unit first: \(function)(minute, …)."
        )
    }

    /// A constant, folded.
    func constant(_ expression: SQLExpression, _ expected: String) throws(StreamSQLError) -> StreamValue {
        if let constant = try self.node(expression, .inner).constant { return constant }
        throw self.fault(
            expression,
            found: "'\(self.shown(expression))'",
            expected: "\(expected), which must be a constant",
            advice: "Write a number or a text instead of a column."
        )
    }

    /// A whole number within a range.
    func integer(
        _ expression: SQLExpression,
        _ expected: String,
        in range: ClosedRange<Int64>
    ) throws(StreamSQLError) -> Int64 {
        let value = try self.constant(expression, expected)
        if let integer = value.number.flatMap({ Int64(exactly: $0) }), range.contains(integer) { return integer }
        throw self.fault(
            expression,
            found: self.shown(expression),
            expected: "\(expected): a whole number from \(range.lowerBound) to \(range.upperBound)",
            advice: "Write a number in this range."
        )
    }

    /// A length of time in milliseconds.
    ///
    /// - Parameters:
    ///   - unitExpression: The name of a unit whose length is always the same.
    ///   - length: A number of units.
    ///   - what: For messages: `the window's size`.
    ///   - range: In milliseconds.
    /// - Returns: Milliseconds.
    /// - Throws: When it is none, or out of range.
    func milliseconds(
        _ unitExpression: SQLExpression,
        _ length: SQLExpression,
        _ what: String,
        in range: ClosedRange<Int64>
    ) throws(StreamSQLError) -> Int64 {
        let unit = try self.unit(unitExpression, of: "DURATION")
        guard unit.isDuration else {
            throw self.fault(
                unitExpression,
                found: "'\(unit.rawValue)'",
                expected: "day, hour, minute, second or millisecond",
                advice: "Write the length in a unit that is always the same: day, 7."
            )
        }
        let value = try self.constant(length, what)
        let scale = unit == .microsecond ? 0.001 : Double(unit.millisecondsMax)
        let product = (value.number ?? .nan) * scale
        if let milliseconds = Int64(exactly: product.rounded()), abs(product - product.rounded()) < 1e-6,
            range.contains(milliseconds)
        {
            return milliseconds
        }
        throw self.fault(
            length,
            found: self.shown(length),
            expected: "\(what) in whole milliseconds, from \(range.lowerBound) ms to \(range.upperBound) ms",
            advice: "Write a number of \(unit.rawValue)s in this range."
        )
    }
}
