extension SelectBinder {
    /// Where a group's row has its window's name.
    var windowIDSlot: Int { self.groupKeys.count + self.slots.aggregateCount }

    /// An aggregate of a group: its slot.
    func aggregate(
        _ call: SQLCall,
        _ capitals: String,
        of expression: SQLExpression,
        _ mode: Mode
    ) throws(StreamSQLError) -> ExpressionNode {
        guard mode == .group else {
            let isOuter = mode == .row && !self.isGrouped
            throw self.fault(
                expression,
                found: "the aggregate \(call.name)",
                expected: isOuter ? "a window in GROUP BY" : "an expression without aggregates",
                advice: isOuter
                    ? "Add GROUP BY TumblingWindow(second, 10)."
                    : "Compute it in a step of WITH, or compare it in HAVING."
            )
        }
        if let known = self.aggregateKeys.firstIndex(of: expression) {
            return ExpressionNode(slot: self.groupKeys.count + known)
        }
        let parts = try self.aggregateParts(call, capitals, expression)
        var order: [OrderPlan] = []
        for term in parts.order {
            order.append(OrderPlan(key: try self.compiled(term.key, .row), isDescending: term.isDescending))
        }
        var argument: CompiledExpression?
        if let expression = parts.argument { argument = try self.compiled(expression, .row) }
        self.aggregateKeys.append(expression)
        self.aggregates.append(
            AggregatePlan(function: parts.function, argument: argument, order: order, text: expression.description)
        )
        return ExpressionNode(slot: self.groupKeys.count + self.aggregates.count - 1)
    }

    /// What an aggregate is made of.
    struct AggregateParts {
        var function: AggregateFunction
        var argument: SQLExpression?
        var order: [SQLOrder] = []
    }

    /// Reads an aggregate's arguments and its `OVER (ORDER BY …)`.
    func aggregateParts(
        _ call: SQLCall,
        _ capitals: String,
        _ expression: SQLExpression
    ) throws(StreamSQLError) -> AggregateParts {
        let isOrdered = ["PERCENTILE_CONT", "PERCENTILE_DISC", "TOPONE", "COLLECTTOP"].contains(capitals)
        let order = call.over?.orderBy ?? []
        guard isOrdered != order.isEmpty else {
            throw self.fault(
                expression,
                found: "\(call.name) \(isOrdered ? "without" : "with") ORDER BY",
                expected: isOrdered ? "OVER (ORDER BY …)" : "no ORDER BY",
                advice: isOrdered
                    ? "Write \(call.name)(…) OVER (ORDER BY column DESC)." : "Leave ORDER BY out."
            )
        }
        if let over = call.over, over.limit == nil, !over.partitionBy.isEmpty || over.when != nil {
            throw self.fault(
                expression,
                found: "OVER without LIMIT DURATION",
                expected: "LIMIT DURATION in OVER",
                advice: "Write LIMIT DURATION(minute, 5), or leave PARTITION BY and WHEN out and group."
            )
        }
        guard !call.hasStar || capitals == "COUNT", !call.isDistinct || capitals == "COUNT" else {
            throw self.fault(
                expression,
                found: "\(call.name)(\(call.hasStar ? "*" : "DISTINCT …"))",
                expected: "a value",
                advice: "Only COUNT takes * and DISTINCT."
            )
        }
        switch capitals {
        case "COUNT": return try self.count(call, expression)
        case "PERCENTILE_CONT", "PERCENTILE_DISC":
            return try self.percentile(call, order, isContinuous: capitals == "PERCENTILE_CONT", expression)
        case "TOPONE":
            try self.checkCount(call, 0...1, expression)
            return AggregateParts(
                function: .topOne,
                argument: call.arguments.first ?? self.event(expression),
                order: order
            )
        case "COLLECT":
            try self.checkCount(call, 0...1, expression)
            return AggregateParts(function: .collect, argument: call.arguments.first ?? self.event(expression))
        case "COLLECTTOP":
            try self.checkCount(call, 1...2, expression)
            let count = try self.integer(call.arguments[0], "the number of events", in: 1...1_000)
            let argument = call.arguments.count > 1 ? call.arguments[1] : self.event(expression)
            return AggregateParts(function: .collectTop(Int(count)), argument: argument, order: order)
        default:
            try self.checkCount(call, 1...1, expression)
            let functions: [String: AggregateFunction] = [
                "SUM": .sum, "AVG": .avg, "MIN": .min, "MAX": .max, "STDEV": .stdev, "STDEVP": .stdevp, "VAR": .var,
                "VARP": .varp,
            ]
            return AggregateParts(function: functions[capitals] ?? .sum, argument: call.arguments[0])
        }
    }

    private func count(_ call: SQLCall, _ expression: SQLExpression) throws(StreamSQLError) -> AggregateParts {
        guard !call.hasStar else {
            try self.checkCount(call, 0...0, expression)
            return AggregateParts(function: .countRows)
        }
        if call.arguments.isEmpty, !call.isDistinct { return AggregateParts(function: .countRows) }
        try self.checkCount(call, 1...1, expression)
        return AggregateParts(function: call.isDistinct ? .countDistinct : .count, argument: call.arguments[0])
    }

    private func percentile(
        _ call: SQLCall,
        _ order: [SQLOrder],
        isContinuous: Bool,
        _ expression: SQLExpression
    ) throws(StreamSQLError) -> AggregateParts {
        try self.checkCount(call, 1...1, expression)
        guard let part = try self.constant(call.arguments[0], "the part").number, (0...1).contains(part),
            order.count == 1
        else {
            throw self.fault(
                call.arguments[0],
                found: self.shown(expression),
                expected: "a part from 0 to 1, and one value to order by",
                advice: "Write \(call.name)(0.95) OVER (ORDER BY value)."
            )
        }
        let isDescending = order[0].isDescending
        return AggregateParts(
            function: isContinuous
                ? .percentileCont(part, isDescending: isDescending) : .percentileDisc(part, isDescending: isDescending),
            argument: order[0].key
        )
    }

    /// The whole event, for aggregates without an argument.
    func event(_ expression: SQLExpression) -> SQLExpression {
        SQLExpression(.column([.name(self.inputs[0].alias)]), at: expression.position)
    }
}
