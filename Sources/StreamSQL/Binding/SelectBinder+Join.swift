internal import TelemetryModel

extension SelectBinder {
    /// The role of a joined input.
    func role(of join: SQLJoin, at input: Int) throws(StreamSQLError) -> InputPlan.Role {
        if case .elements(let expression) = join.input.source {
            return .apply(try self.apply(expression, isOuter: join.isOuter, at: input))
        }
        // The parser gives every other join its ON.
        let condition =
            join.condition ?? SQLExpression(.literal(SQLLiteral(value: .bit(true))), at: join.input.position)
        let isReference =
            switch self.inputs[input].source {
            case .registry, .file: true
            case .topic, .step, .elements: false
            }
        var bounds: [OpenBounds] = []
        var rest: [SQLExpression] = []
        for part in self.conjuncts(condition) {
            if let bound = try self.bounds(part, input, isReference: isReference) {
                bounds.append(bound)
            } else {
                rest.append(try self.normalized(part))
            }
        }
        var equalities: [(left: CompiledExpression, right: CompiledExpression)] = []
        var others: [SQLExpression] = []
        for part in rest {
            if let pair = self.equality(part, input) {
                equalities.append((try self.compiled(pair.left, .inner), try self.compiled(pair.right, .inner)))
            } else {
                try self.checkInputs(part, upTo: input)
                others.append(part)
            }
        }
        // Streams that are both partitioned meet within their partition.
        if !self.partitions[0].isEmpty, self.partitions[0].count == self.partitions[input].count {
            for (left, right) in zip(self.partitions[0], self.partitions[input]) {
                equalities.append((try self.compiled(left, .inner), try self.compiled(right, .inner)))
            }
        }
        var other: CompiledExpression?
        if let first = others.first {
            let whole = others.count == 1 ? first : SQLExpression(.all(others), at: first.position)
            other = try self.condition(whole, .inner)
        }
        if isReference {
            return .referenceJoin(ReferenceJoinPlan(isOuter: join.isOuter, equalities: equalities, condition: other))
        }
        return .streamJoin(
            StreamJoinPlan(
                isOuter: join.isOuter,
                bounds: try self.closed(bounds, condition, input),
                equalities: equalities,
                condition: other
            )
        )
    }

    /// The parts that all must be true.
    private func conjuncts(_ expression: SQLExpression) -> [SQLExpression] {
        if case .all(let parts) = expression.kind { parts.flatMap { self.conjuncts($0) } } else { [expression] }
    }

    private func apply(
        _ expression: SQLExpression,
        isOuter: Bool,
        at input: Int
    ) throws(StreamSQLError) -> ApplyPlan {
        let normal = try self.normalized(expression)
        guard case .call(let call) = normal.kind,
            ["GETARRAYELEMENTS", "GETRECORDPROPERTIES"].contains(StreamText.capitals(call.name))
        else {
            throw self.fault(
                expression,
                found: self.shown(expression),
                expected: "GetArrayElements(array) or GetRecordProperties(record)",
                advice: "Write CROSS APPLY GetArrayElements(array) AS element."
            )
        }
        try self.checkInputs(normal, upTo: input - 1)
        return ApplyPlan(isOuter: isOuter, elements: try self.compiled(normal, .inner))
    }

    /// An expression must not read inputs that come later.
    private func checkInputs(_ expression: SQLExpression, upTo last: Int) throws(StreamSQLError) {
        guard let later = self.inputsRead(by: expression).first(where: { $0 > last }) else { return }
        throw self.fault(
            expression,
            found: "the input \(self.inputs[later].alias), which is joined later",
            expected: "inputs that stand before",
            advice: "Move the condition to the join of \(self.inputs[later].alias)."
        )
    }

    /// The two sides of an equality between the joined input and the earlier ones; `nil` for other conditions.
    private func equality(_ part: SQLExpression, _ input: Int) -> (left: SQLExpression, right: SQLExpression)? {
        guard case .binary(.equal, let left, let right) = part.kind else { return nil }
        let (leftInputs, rightInputs) = (self.inputsRead(by: left), self.inputsRead(by: right))
        let areEarlier = { (inputs: Set<Int>) in !inputs.isEmpty && inputs.allSatisfy { $0 < input } }
        if rightInputs == [input], areEarlier(leftInputs) { return (left, right) }
        if leftInputs == [input], areEarlier(rightInputs) { return (right, left) }
        return nil
    }

    // MARK: DATEDIFF

    /// Bounds of which one end may be missing.
    struct OpenBounds {
        var other: Int
        var unit: TimeUnit
        var lower: Int64?
        var upper: Int64?
    }

    /// The bounds a condition sets to `DATEDIFF` of two inputs; `nil` for other conditions.
    private func bounds(
        _ part: SQLExpression,
        _ input: Int,
        isReference: Bool
    ) throws(StreamSQLError) -> OpenBounds? {
        var difference: (other: Int, unit: TimeUnit, isReversed: Bool)?
        var lower: Int64?
        var upper: Int64?
        switch part.kind {
        case .between(let call, let low, let high, isNegated: false):
            difference = try self.difference(call, input)
            if difference != nil {
                lower = try self.bound(low)
                upper = try self.bound(high)
            }
        case .binary(let operation, let left, let right):
            var operation = operation
            var limit = right
            difference = try self.difference(left, input)
            if difference == nil, let mirrored = operation.mirrored {
                difference = try self.difference(right, input)
                operation = mirrored
                limit = left
            }
            guard difference != nil else { return nil }
            let value = try self.bound(limit)
            switch operation {
            case .equal: (lower, upper) = (value, value)
            case .less: upper = value - 1
            case .lessOrEqual: upper = value
            case .greater: lower = value + 1
            case .greaterOrEqual: lower = value
            case .notEqual, .plus, .minus, .times, .dividedBy, .remainder: throw self.needsBounds(part, input)
            }
        default: return nil
        }
        guard let difference else { return nil }
        guard !isReference else {
            throw self.fault(
                part,
                found: "DATEDIFF with \(self.inputs[input].alias), which has no events",
                expected: "a condition about columns",
                advice: "Leave DATEDIFF out: reference data is taken as of the event's time."
            )
        }
        if difference.isReversed { (lower, upper) = (upper.map { -$0 }, lower.map { -$0 }) }
        return OpenBounds(other: difference.other, unit: difference.unit, lower: lower, upper: upper)
    }

    /// `DATEDIFF(unit, input, input)`; `nil` for other expressions.
    private func difference(
        _ expression: SQLExpression,
        _ input: Int
    ) throws(StreamSQLError) -> (other: Int, unit: TimeUnit, isReversed: Bool)? {
        guard case .call(let call) = expression.kind, StreamText.capitals(call.name) == "DATEDIFF",
            call.arguments.count == 3, let start = self.input(namedBy: call.arguments[1]),
            let end = self.input(namedBy: call.arguments[2])
        else { return nil }
        let unit = try self.unit(call.arguments[0], of: "DATEDIFF")
        guard start != end, start == input || end == input, max(start, end) == input else {
            throw self.fault(
                expression,
                found: self.shown(expression),
                expected: "\(self.inputs[input].alias) and an input before it",
                advice: "Write DATEDIFF(\(unit.rawValue), \(self.inputs[0].alias), \(self.inputs[input].alias))."
            )
        }
        return (min(start, end), unit, isReversed: start == input)
    }

    private func input(namedBy expression: SQLExpression) -> Int? {
        guard case .column(let steps) = expression.kind, steps.count == 1, case .name(let name) = steps[0] else {
            return nil
        }
        return self.inputs.firstIndex { StreamText.capitals($0.alias) == StreamText.capitals(name) }
    }

    private func bound(_ expression: SQLExpression) throws(StreamSQLError) -> Int64 {
        try self.integer(expression, "the difference", in: -WindowPlan.sizeMax...WindowPlan.sizeMax)
    }

    private func needsBounds(_ expression: SQLExpression, _ input: Int) -> StreamSQLError {
        let (first, second) = (self.inputs[0].alias, self.inputs[input].alias)
        return self.fault(
            expression,
            found: "a join of two streams without both bounds in time",
            expected: "DATEDIFF(unit, \(first), \(second)) BETWEEN low AND high in ON",
            advice: "Add AND DATEDIFF(minute, \(first), \(second)) BETWEEN 0 AND 5."
        )
    }

    /// Joins bounds of the same difference and checks that both ends are there and near enough.
    private func closed(
        _ bounds: [OpenBounds],
        _ condition: SQLExpression,
        _ input: Int
    ) throws(StreamSQLError) -> [JoinBounds] {
        var merged: [OpenBounds] = []
        for bound in bounds {
            guard let known = merged.firstIndex(where: { $0.other == bound.other && $0.unit == bound.unit }) else {
                merged.append(bound)
                continue
            }
            if let lower = bound.lower { merged[known].lower = max(lower, merged[known].lower ?? lower) }
            if let upper = bound.upper { merged[known].upper = min(upper, merged[known].upper ?? upper) }
        }
        guard !merged.isEmpty else { throw self.needsBounds(condition, input) }
        var closed: [JoinBounds] = []
        for bound in merged {
            guard let lower = bound.lower, let upper = bound.upper else { throw self.needsBounds(condition, input) }
            let farthest = max(lower.magnitude, upper.magnitude)
            let (reach, overflows) = farthest.multipliedReportingOverflow(by: UInt64(bound.unit.millisecondsMax))
            guard !overflows, reach <= UInt64(WindowPlan.sizeMax), lower <= upper else {
                throw self.fault(
                    condition,
                    found: "DATEDIFF(\(bound.unit.rawValue), …) from \(lower) to \(upper)",
                    expected: lower > upper ? "a lower bound below the upper one" : "events at most 7 days apart",
                    advice: "Write other bounds."
                )
            }
            closed.append(JoinBounds(other: bound.other, unit: bound.unit, lower: lower, upper: upper))
        }
        return closed
    }
}
