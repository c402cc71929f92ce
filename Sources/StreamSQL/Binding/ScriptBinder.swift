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
    private var places: [String: Int] = [:]
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

    // MARK: Names of inputs

    private func inputs(of select: SQLSelect) throws(StreamSQLError) -> [BoundInput] {
        var inputs: [BoundInput] = []
        for (index, input) in ([select.from] + select.joins.map(\.input)).enumerated() {
            let bound = try self.input(input, isMain: index == 0)
            if let other = inputs.first(where: { StreamText.capitals($0.alias) == StreamText.capitals(bound.alias) }) {
                throw self.fault(
                    at: bound.position,
                    found: "a second input \(bound.alias)",
                    expected: "each input under a name of its own",
                    advice: "Give one of them an alias: \(other.alias) AS other."
                )
            }
            inputs.append(bound)
        }
        return inputs
    }

    private func input(_ input: SQLInput, isMain: Bool) throws(StreamSQLError) -> BoundInput {
        let position = input.alias?.position ?? input.position
        switch input.source {
        case .named(let name):
            let source = try self.source(name, isMain: isMain)
            return self.bound(source, alias: input.alias?.text ?? name.text, sourceName: name.text, position: position)
        case .query(let query):
            try self.checkStep(query)
            let place = try self.plan(query, name: input.alias?.text ?? "query \(self.steps.count + 1)")
            return self.bound(.step(place), alias: input.alias?.text ?? "query", sourceName: nil, position: position)
        case .elements(let expression):
            guard let alias = input.alias else {
                throw self.fault(
                    at: expression.position,
                    found: "APPLY without a name",
                    expected: "a name for the elements",
                    advice: "Write CROSS APPLY \(expression) AS element."
                )
            }
            return self.bound(.elements, alias: alias.text, sourceName: nil, position: position)
        }
    }

    private func bound(_ source: InputSource, alias: String, sourceName: String?, position: Int) -> BoundInput {
        var columns: [String]?
        if case .step(let place) = source { columns = self.steps[place].columns }
        return BoundInput(
            alias: alias,
            sourceName: sourceName,
            position: position,
            source: source,
            columns: columns
        )
    }

    private func source(_ name: SQLName, isMain: Bool) throws(StreamSQLError) -> InputSource {
        if let place = self.places[StreamText.capitals(name.text)] { return .step(place) }
        let isFile = [".csv", ".json", ".jsonl"].contains { name.text.lowercased().hasSuffix($0) }
        if name.text.lowercased() == "registry" || isFile {
            guard !isMain else {
                throw self.fault(
                    at: name.position,
                    found: "'\(name.text)'",
                    expected: "a topic or a step",
                    advice:
                        "Read a topic and JOIN \(SQLExpression.quoted(name.text)) to it: it has records and no events."
                )
            }
            guard isFile else { return .registry }
            if let files = self.options.files, !files.contains(name.text) {
                throw self.unknown(name, "a file with reference data", among: files)
            }
            return .file(name.text)
        }
        try self.checkTopicName(name)
        if let topics = self.options.topics, !topics.contains(name.text) {
            throw self.unknown(name, "a topic or a step of WITH", among: topics + self.steps.map(\.name))
        }
        return .topic(name.text)
    }

    private func unknown(_ name: SQLName, _ expected: String, among names: [String]) -> StreamSQLError {
        let advice =
            if let nearest = NearestName.of(name.text, among: names) {
                "Write \(SQLExpression.quoted(nearest))."
            } else if names.isEmpty {
                "There are none yet."
            } else {
                "There are \(names.prefix(20).joined(separator: ", "))\(names.count > 20 ? ", …" : "")."
            }
        return self.fault(at: name.position, found: "'\(name.text)'", expected: expected, advice: advice)
    }

    /// Letters, digits, `.`, `_` and `-`, as Kafka has it.
    private func checkTopicName(_ name: SQLName) throws(StreamSQLError) {
        let isGood = name.text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isGood, (1...249).contains(name.text.utf8.count), name.text != ".", name.text != ".." else {
            throw self.fault(
                at: name.position,
                found: "'\(name.text)'",
                expected: "a topic's name: 1 to 249 letters, digits, points, hyphens and underscores",
                advice: "Write the name of a topic."
            )
        }
    }

    private func innerInto(_ into: SQLName) -> StreamSQLError {
        self.fault(
            at: into.position,
            found: "INTO \(into.text)",
            expected: "FROM",
            advice: "Only the queries behind WITH say where results go; leave INTO out here."
        )
    }

    /// Steps have no topic of their own.
    private func checkStep(_ query: SQLQuery) throws(StreamSQLError) {
        if let into = query.selects.first(where: { $0.into != nil })?.into { throw self.innerInto(into) }
    }
}
