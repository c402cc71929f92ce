internal import TelemetryJSON
internal import TelemetryModel

extension SelectBinder {
    /// A normal column: its slot, or the key of a group.
    func column(
        _ steps: [SQLPathStep],
        of expression: SQLExpression,
        _ mode: Mode
    ) throws(StreamSQLError) -> ExpressionNode {
        if mode == .group { return try self.keyMember(steps, of: expression) }
        guard case .name(let alias) = steps[0] else { return ExpressionNode(constant: .null) }
        let input = self.place(ofAlias: alias)
        let read = try self.read(Array(steps.dropFirst()), of: input, at: expression)
        return ExpressionNode(slot: self.slots.inputs[input] + self.inputs[input].place(of: read))
    }

    /// A column of a group: a part of one of its keys.
    private func keyMember(
        _ steps: [SQLPathStep],
        of expression: SQLExpression
    ) throws(StreamSQLError) -> ExpressionNode {
        for (slot, key) in self.groupKeys.enumerated() {
            guard case .column(let path) = key.kind, path.count < steps.count, steps.starts(with: path) else {
                continue
            }
            return .member(of: ExpressionNode(slot: slot), at: SelectBinder.path(steps.dropFirst(path.count)))
        }
        let name = self.shown(expression)
        throw self.fault(
            expression,
            found: "'\(name)'",
            expected: "an aggregate or a key of GROUP BY",
            advice: "Add \(name) to GROUP BY, or write an aggregate such as MAX(\(name))."
        )
    }

    /// What a column reads of its input.
    private func read(
        _ steps: [SQLPathStep],
        of input: Int,
        at expression: SQLExpression
    ) throws(StreamSQLError) -> InputRead {
        guard case .name(let first) = steps.first else { return .whole }
        switch self.inputs[input].source {
        case .topic:
            if let metadata = try self.metadata(steps, first, at: expression) { return .metadata(metadata) }
            if steps.count == 1, ["DEVICE", "DEVICEID"].contains(StreamText.capitals(first)) {
                return .pathElseDevice(SelectBinder.path(steps))
            }
            return .path(SelectBinder.path(steps))
        case .step:
            guard let columns = self.inputs[input].columns else { return .path(SelectBinder.path(steps)) }
            guard let place = columns.firstIndex(where: { StreamText.areSame($0, first) }) else {
                let nearest = NearestName.of(first, among: columns)
                throw self.fault(
                    expression,
                    found: "'\(first)'",
                    expected: "a column of \(self.inputs[input].alias): \(columns.joined(separator: ", "))",
                    advice: nearest.map { "Write \(SQLExpression.quoted($0))." }
                        ?? "Add \(first) to the step's SELECT."
                )
            }
            return .column(place, SelectBinder.path(steps.dropFirst()))
        case .registry, .file, .elements: return .path(SelectBinder.path(steps))
        }
    }

    /// The columns Azure Stream Analytics adds to the events of a hub.
    private func metadata(
        _ steps: [SQLPathStep],
        _ first: String,
        at expression: SQLExpression
    ) throws(StreamSQLError) -> RecordMetadata? {
        switch (StreamText.capitals(first), steps.count) {
        case ("EVENTENQUEUEDUTCTIME", 1), ("EVENTPROCESSEDUTCTIME", 1): return .enqueuedTime
        case ("PARTITIONID", 1): return .partition
        case ("IOTHUB", 2):
            guard case .name(let second) = steps[1] else { return nil }
            if let metadata = SelectBinder.hubColumns[StreamText.capitals(second)] { return metadata.metadata }
            let names = SelectBinder.hubColumns.values.map(\.name).sorted()
            throw self.fault(
                expression,
                found: "'IoTHub.\(second)'",
                expected: "one of \(names.map { "IoTHub.\($0)" }.joined(separator: ", "))",
                advice: NearestName.of(second, among: names).map { "Write IoTHub.\($0)." }
                    ?? "Read another header with GetMetadataPropertyValue(\(self.inputs[0].alias), 'name')."
            )
        default: return nil
        }
    }

    private static let hubColumns: [String: (name: String, metadata: RecordMetadata)] = [
        "CONNECTIONDEVICEID": ("ConnectionDeviceId", .device),
        "CONNECTIONMODULEID": ("ConnectionModuleId", .header(StampedHeaders.moduleID)),
        "ENQUEUEDTIME": ("EnqueuedTime", .enqueuedTime),
        "MESSAGEID": ("MessageId", .header("message-id")),
        "CORRELATIONID": ("CorrelationId", .header("correlation-id")),
    ]

    /// `GetMetadataPropertyValue(input, 'name')`.
    func metadataValue(
        _ call: SQLCall,
        of expression: SQLExpression,
        _ mode: Mode
    ) throws(StreamSQLError) -> ExpressionNode {
        let usage = "Write GetMetadataPropertyValue(\(self.inputs[0].alias), 'Offset')."
        guard call.arguments.count == 2, case .column(let steps) = call.arguments[0].kind, steps.count == 1,
            case .name(let alias) = steps[0], case .literal(let literal) = call.arguments[1].kind,
            case .nvarchar(let name) = literal.value
        else {
            throw self.fault(
                expression,
                found: self.shown(expression),
                expected: "an input and a property's name as a constant text",
                advice: usage
            )
        }
        let input = self.place(ofAlias: alias)
        guard case .topic = self.inputs[input].source else {
            throw self.fault(
                expression,
                found: alias,
                expected: "an input that is a topic",
                advice: "Read the property in the step that reads the topic."
            )
        }
        if mode == .group { return try self.keyMember(steps, of: expression) }
        let read = InputRead.metadata(SelectBinder.metadata(named: name))
        return ExpressionNode(slot: self.slots.inputs[input] + self.inputs[input].place(of: read))
    }

    private static func metadata(named name: String) -> RecordMetadata {
        switch StreamText.capitals(name) {
        case "OFFSET": return .offset
        case "PARTITIONID": return .partition
        case "TOPIC": return .topic
        case "ENQUEUEDTIME", "EVENTENQUEUEDUTCTIME", "EVENTPROCESSEDUTCTIME": return .enqueuedTime
        default: break
        }
        let capitals = StreamText.capitals(name)
        if capitals.hasPrefix("IOTHUB."), let known = SelectBinder.hubColumns[String(capitals.dropFirst(7))] {
            return known.metadata
        }
        // ASA writes application properties as [User].[name].
        if capitals.hasPrefix("[USER].["), name.hasSuffix("]") { return .header(String(name.dropFirst(8).dropLast())) }
        return .header(name)
    }
}
