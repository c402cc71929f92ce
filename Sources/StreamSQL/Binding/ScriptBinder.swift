internal import TelemetryModel

/// Checks a query file: functions, then steps in order, then queries; each `SELECT` is a ``SelectBinder``'s.
final class ScriptBinder {
    /// Most expressions of a file once the user's functions stand for their calls.
    static let expressionsMax = 100_000

    let text: [UInt8]
    let options: QueryOptions
    /// By name in capitals.
    private(set) var functions: [String: SQLFunction] = [:]
    private(set) var steps: [StepPlan] = []
    /// Steps that later ones may name, by name in capitals.
    private(set) var places: [String: Int] = [:]
    private var expressionCount = 0

    init(_ text: String, options: QueryOptions) {
        self.text = Array(text.utf8)
        self.options = options
    }

    // MARK: Faults

    func fault(at offset: Int, found: String, expected: String, advice: String) -> StreamSQLError {
        StreamSQLError(
            position: TextPosition(of: offset, in: self.text),
            found: found,
            expected: expected,
            advice: advice
        )
    }

    /// Counts an expression.
    func count(_ expression: SQLExpression) throws(StreamSQLError) {
        self.expressionCount += 1
        guard self.expressionCount <= ScriptBinder.expressionsMax else {
            throw self.fault(
                at: expression.position,
                found: "more than \(ScriptBinder.expressionsMax) expressions",
                expected: "fewer, once functions stand for their calls",
                advice: "Use each parameter once in functions that call one another."
            )
        }
    }

    // MARK: The file

    func bind(_ script: SQLScript) throws(StreamSQLError) {
        for function in script.functions { try self.define(function) }
        for step in script.steps {
            guard self.places[StreamText.capitals(step.name)] == nil else {
                throw self.fault(
                    at: step.position,
                    found: "a second step \(step.name)",
                    expected: "each name once",
                    advice: "Give the step another name."
                )
            }
            try self.checkStep(step.query)
            let plan = try self.plan(step.query, name: step.name)
            self.places[StreamText.capitals(step.name)] = plan
        }
        for query in script.queries { try self.bindOutput(query) }
    }

    private func define(_ function: SQLFunction) throws(StreamSQLError) {
        let key = StreamText.capitals(function.name)
        if self.functions[key] != nil || FunctionNames.isKnown(function.name) {
            throw self.fault(
                at: function.position,
                found: "a second function \(function.name)",
                expected: "each name once, and none of the language's own",
                advice: "Give the function another name."
            )
        }
        let parameters = Set(function.parameters.map { StreamText.capitals($0) })
        guard parameters.count == function.parameters.count else {
            throw self.fault(
                at: function.position,
                found: "two parameters with one name",
                expected: "each name once",
                advice: "Give the parameters different names."
            )
        }
        let probe = try function.body.mapColumns { (steps, position) throws(StreamSQLError) in
            guard case .name(let name) = steps[0], parameters.contains(StreamText.capitals(name)) else {
                throw self.unknownParameter(steps, of: function, at: position)
            }
            return SQLExpression(.literal(SQLLiteral(value: .null)), at: position)
        }
        // Only functions before this one can be called: none calls itself.
        if let call = probe.first(where: { self.isUnknownCall($0) }), case .call(let unknown) = call.kind {
            let isItself = StreamText.capitals(FunctionNames.plain(unknown.name)) == key
            throw self.fault(
                at: call.position,
                found: "'\(unknown.name)'",
                expected: "a function of the language or one created before",
                advice: isItself
                    ? "A function cannot call itself; write it without."
                    : FunctionNames.advice(unknown.name, self.functions)
            )
        }
        self.functions[key] = function
    }

    private func isUnknownCall(_ expression: SQLExpression) -> Bool {
        guard case .call(let call) = expression.kind else { return false }
        return !FunctionNames.isKnown(call.name)
            && self.functions[StreamText.capitals(FunctionNames.plain(call.name))] == nil
    }

    private func unknownParameter(_ steps: [SQLPathStep], of function: SQLFunction, at position: Int) -> StreamSQLError
    {
        let name = if case .name(let name) = steps[0] { name } else { "" }
        let nearest = NearestName.of(name, among: function.parameters)
        return self.fault(
            at: position,
            found: "'\(name)'",
            expected: function.parameters.isEmpty
                ? "no column" : "a parameter: \(function.parameters.joined(separator: ", "))",
            advice: nearest.map { "Write \($0)." }
                ?? "A function sees its parameters only: hand the column over as one."
        )
    }

    /// A query behind the steps: its results go to its topic.
    private func bindOutput(_ query: SQLQuery) throws(StreamSQLError) {
        let first = query.selects[0]
        for select in query.selects.dropFirst() where select.into != nil && select.into != first.into {
            throw self.fault(
                at: select.into?.position ?? select.position,
                found: "a second INTO",
                expected: "INTO in the first SELECT of a UNION only",
                advice: "Leave it out, or write two queries."
            )
        }
        guard let into = first.into else {
            guard !self.options.requiresInto, !self.steps.contains(where: \.isPrinted) else {
                throw self.fault(
                    at: first.position,
                    found: "a query without INTO",
                    expected: "INTO and a topic before FROM",
                    advice: "Say where the results go: SELECT … INTO warm FROM telemetry."
                )
            }
            let place = try self.plan(query, name: "results")
            self.steps[place].isPrinted = true
            return
        }
        guard !self.steps.contains(where: { $0.topic == into.text }) else {
            throw self.fault(
                at: into.position,
                found: "a second query INTO \(into.text)",
                expected: "each topic once",
                advice: "Join the queries with UNION ALL."
            )
        }
        try self.checkTopicName(into)
        let place = try self.plan(query, name: into.text)
        self.steps[place].topic = into.text
        let isRead = self.steps.flatMap(\.selects).flatMap(\.inputs).contains { $0.source == .topic(into.text) }
        guard !isRead else {
            throw self.fault(
                at: into.position,
                found: "the topic \(into.text), which the query reads",
                expected: "another topic",
                advice: "A query must not read its own results: write them INTO a topic of their own."
            )
        }
    }

    // MARK: Queries

    /// Makes a step of a query and returns its place.
    func plan(_ query: SQLQuery, name: String) throws(StreamSQLError) -> Int {
        var selects: [SelectPlan] = []
        for select in query.selects { selects.append(try self.plan(select)) }
        let columns = selects.map { $0.projection.fields?.names }
        let first = columns[0]
        for (index, names) in columns.enumerated().dropFirst() where names != nil && first != nil && names != first {
            throw self.fault(
                at: query.selects[index].position,
                found: "the columns \((names ?? []).joined(separator: ", "))",
                expected: "those of the first SELECT: \((first ?? []).joined(separator: ", "))",
                advice: "Give the columns of a UNION the same names in the same order."
            )
        }
        self.steps.append(
            StepPlan(
                name: name,
                topic: nil,
                selects: selects,
                removesDuplicates: query.removesDuplicates,
                columns: columns.contains { $0 == nil } ? nil : first,
                isPrinted: false
            )
        )
        return self.steps.count - 1
    }

    private func plan(_ select: SQLSelect) throws(StreamSQLError) -> SelectPlan {
        let inputs = try self.inputs(of: select)
        // What is read of each input is known when all is bound: the second time the slots are right.
        let first = SelectBinder(script: self, inputs: inputs)
        _ = try first.plan(select)
        return try SelectBinder(script: self, inputs: inputs, slots: first.slotsFound).plan(select)
    }
}
