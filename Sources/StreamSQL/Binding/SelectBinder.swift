internal import TelemetryModel

/// Checks one `SELECT` and compiles its expressions.
///
/// Expressions are first made normal (``normalized(_:)``: each column begins with its input's alias), so that equal ones are
/// recognised, then compiled (``node(_:_:)``) for the place where they stand.
final class SelectBinder {
    /// Where an expression stands, which decides what it may hold.
    enum Mode {
        /// Over the row before grouping: columns, and functions that look back.
        case row
        /// The same without functions that look back: within one, `TIMESTAMP BY`, `ON`.
        case inner
        /// Over a group's row: keys of `GROUP BY` and aggregates.
        case group
    }

    /// Where things go in a row; known once all has been bound.
    struct Slots {
        /// Each input's first slot.
        var inputs: [Int]
        /// The first slot of ``SelectBinder/analytics``.
        var analytics = 0
        /// How many aggregates a group's row has.
        var aggregateCount = 0
    }

    let script: ScriptBinder
    var inputs: [BoundInput]
    let slots: Slots
    var analytics: [AnalyticPlan] = []
    var analyticKeys: [SQLExpression] = []
    /// Keys of `GROUP BY`, normal.
    var groupKeys: [SQLExpression] = []
    var aggregates: [AggregatePlan] = []
    var aggregateKeys: [SQLExpression] = []
    /// Whether the query has a window.
    var isGrouped = false
    /// `OVER (PARTITION BY …)` of session windows, normal.
    var sessionKeys: [SQLExpression] = []
    /// `PARTITION BY` of each input, normal.
    var partitions: [[SQLExpression]]

    /// - Parameters:
    ///   - script: The file.
    ///   - inputs: The inputs, whose reads are found anew.
    ///   - slots: From an earlier binding of the same query; `nil` for the first, whose plan is not used.
    init(script: ScriptBinder, inputs: [BoundInput], slots: Slots? = nil) {
        self.script = script
        self.inputs = inputs
        self.slots = slots ?? Slots(inputs: Array(repeating: 0, count: inputs.count))
        self.partitions = Array(repeating: [], count: inputs.count)
    }

    /// The slots for a second binding.
    var slotsFound: Slots {
        var slots = Slots(inputs: [], aggregateCount: self.aggregates.count)
        for input in self.inputs {
            slots.inputs.append(slots.analytics)
            slots.analytics += input.reads.count
        }
        return slots
    }

    func fault(
        _ expression: SQLExpression,
        found: String,
        expected: String,
        advice: String
    ) -> StreamSQLError {
        self.script.fault(at: expression.position, found: found, expected: expected, advice: advice)
    }

    /// The expression as it is shown to people: shortened, and without the name of the only input.
    func shown(_ expression: SQLExpression) -> String {
        let plain = try? expression.mapColumns { (steps, position) throws(StreamSQLError) in
            let isQualified = self.inputs.count == 1 && steps.count > 1 && steps[0] == .name(self.inputs[0].alias)
            return SQLExpression(.column(isQualified ? Array(steps.dropFirst()) : steps), at: position)
        }
        let text = (plain ?? expression).description
        return text.unicodeScalars.count > 60 ? String(text.unicodeScalars.prefix(59)) + "…" : text
    }

    func compiled(_ node: ExpressionNode, _ expression: SQLExpression) -> CompiledExpression {
        CompiledExpression(
            text: expression.description,
            constant: node.constant,
            slot: node.slot,
            evaluation: node.evaluation,
            test: node.test
        )
    }

    /// A normal expression, compiled.
    func compiled(_ expression: SQLExpression, _ mode: Mode) throws(StreamSQLError) -> CompiledExpression {
        self.compiled(try self.node(expression, mode), expression)
    }

    /// A condition, compiled; a constant that is none is refused.
    func condition(_ expression: SQLExpression, _ mode: Mode) throws(StreamSQLError) -> CompiledExpression {
        let compiled = try self.compiled(expression, mode)
        if let constant = compiled.constant {
            switch constant {
            case .bit, .null: break
            case .bigint, .float, .nvarchar, .datetime, .record, .array:
                throw self.fault(
                    expression,
                    found: self.shown(expression),
                    expected: "a condition",
                    advice: "Compare it with something: \(self.shown(expression)) = 1."
                )
            }
        }
        return compiled
    }

    // MARK: Normal form

    /// The expression with its columns behind their input's alias, and the user's functions in place of their calls.
    func normalized(_ expression: SQLExpression) throws(StreamSQLError) -> SQLExpression {
        try self.inlined(expression, depth: 0).mapColumns { (steps, position) throws(StreamSQLError) in
            let (input, rest) = try self.input(of: steps, at: position)
            return SQLExpression(.column([.name(self.inputs[input].alias)] + rest), at: position)
        }
    }

    /// The input a column belongs to, and the column without the input's name.
    private func input(
        of steps: [SQLPathStep],
        at position: Int
    ) throws(StreamSQLError) -> (input: Int, rest: [SQLPathStep]) {
        guard case .name(let first) = steps[0] else { return (0, steps) }
        let capitals = StreamText.capitals(first)
        if let input = self.inputs.firstIndex(where: { StreamText.capitals($0.alias) == capitals }) {
            // A column may have the name of its input.
            let isColumn = steps.count == 1 && self.inputs[input].columns?.contains(first) == true
            if !isColumn { return (input, Array(steps.dropFirst())) }
        }
        if steps.count > 1,
            let renamed = self.inputs.first(where: { StreamText.capitals($0.sourceName ?? "") == capitals })
        {
            throw self.script.fault(
                at: position,
                found: "'\(first)'",
                expected: "the input's alias \(renamed.alias)",
                advice: "Write \(SQLExpression.quoted(renamed.alias)) before the point."
            )
        }
        // What APPLY brings is always behind its name.
        let events = self.inputs.indices.filter { self.inputs[$0].source != .elements }
        if events.count == 1 { return (events[0], steps) }
        let owners = self.inputs.indices.filter { self.inputs[$0].columns?.contains(first) == true }
        if owners.count == 1, self.inputs.allSatisfy({ $0.columns != nil }) { return (owners[0], steps) }
        let names = self.inputs.map(\.alias)
        let nearest = steps.count > 1 ? NearestName.of(first, among: names) : nil
        throw self.script.fault(
            at: position,
            found: "'\(first)'",
            expected: "a column behind the name of its input: \(names.joined(separator: ", "))",
            advice: nearest.map { "Write \(SQLExpression.quoted($0))." }
                ?? "Write \(SQLExpression.quoted(names[0])).\(SQLExpression.quoted(first))."
        )
    }

    /// The expression with the bodies of the user's functions in place of their calls; arguments stay as they are.
    private func inlined(_ expression: SQLExpression, depth: Int) throws(StreamSQLError) -> SQLExpression {
        try self.script.count(expression)
        guard expression.first(where: { self.function(of: $0) != nil }) != nil else { return expression }
        if let function = self.function(of: expression), case .call(let call) = expression.kind {
            guard call.arguments.count == function.parameters.count, !call.hasStar, !call.isDistinct, call.over == nil
            else {
                throw self.fault(
                    expression,
                    found: "\(call.name) with \(call.arguments.count) argument\(call.arguments.count == 1 ? "" : "s")",
                    expected: String(function.parameters.count),
                    advice: "Write \(function.name)(\(function.parameters.joined(separator: ", ")))."
                )
            }
            var arguments: [String: SQLExpression] = [:]
            for (parameter, argument) in zip(function.parameters, call.arguments) {
                arguments[StreamText.capitals(parameter)] = try self.inlined(argument, depth: depth + 1)
            }
            let body = try self.inlined(function.body, depth: depth + 1)
            var result = try body.mapColumns { (steps, _) throws(StreamSQLError) in
                guard case .name(let name) = steps[0], let argument = arguments[StreamText.capitals(name)] else {
                    return body
                }
                try self.script.count(argument)
                guard steps.count > 1 else { return argument }
                if case .column(let path) = argument.kind {
                    return SQLExpression(.column(path + steps.dropFirst()), at: argument.position)
                }
                return SQLExpression(.member(argument, Array(steps.dropFirst())), at: argument.position)
            }
            result.position = expression.position
            guard result.levels <= SQLParser.levelsMax * 2 else {
                throw self.fault(
                    expression,
                    found: "more than \(SQLParser.levelsMax * 2) levels",
                    expected: "fewer, once functions stand for their calls",
                    advice: "Let fewer functions call one another."
                )
            }
            return result
        }
        return try expression.mapParts { (part) throws(StreamSQLError) in try self.inlined(part, depth: depth + 1) }
    }

    private func function(of expression: SQLExpression) -> SQLFunction? {
        guard case .call(let call) = expression.kind else { return nil }
        return self.script.functions[StreamText.capitals(FunctionNames.plain(call.name))]
    }

    /// The inputs an expression reads.
    func inputsRead(by expression: SQLExpression) -> Set<Int> {
        if case .column(let steps) = expression.kind, case .name(let alias) = steps[0] {
            return Set([self.place(ofAlias: alias)])
        }
        return expression.parts.reduce(into: Set()) { $0.formUnion(self.inputsRead(by: $1)) }
    }

    /// The input of a normal column.
    func place(ofAlias alias: String) -> Int {
        self.inputs.firstIndex { StreamText.areSame($0.alias, alias) } ?? 0
    }
}
