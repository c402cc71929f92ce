internal import TelemetryModel

extension ScriptBinder {
    func inputs(of select: SQLSelect) throws(StreamSQLError) -> [BoundInput] {
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
    func checkTopicName(_ name: SQLName) throws(StreamSQLError) {
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

    func innerInto(_ into: SQLName) -> StreamSQLError {
        self.fault(
            at: into.position,
            found: "INTO \(into.text)",
            expected: "FROM",
            advice: "Only the queries behind WITH say where results go; leave INTO out here."
        )
    }

    /// Steps have no topic of their own.
    func checkStep(_ query: SQLQuery) throws(StreamSQLError) {
        if let into = query.selects.first(where: { $0.into != nil })?.into { throw self.innerInto(into) }
    }
}
