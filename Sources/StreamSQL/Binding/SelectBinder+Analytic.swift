extension SelectBinder {
    /// A function that looks back: its slot.
    func analytic(
        _ call: SQLCall,
        _ capitals: String,
        of expression: SQLExpression,
        _ mode: Mode
    ) throws(StreamSQLError) -> ExpressionNode {
        guard mode == .row else {
            throw self.fault(
                expression,
                found: "\(call.name), which sees events one by one",
                expected: mode == .group ? "an aggregate or a key of GROUP BY" : "an expression without \(call.name)",
                advice: mode == .group
                    ? "Put the groups into a step of WITH and \(call.name) into the query that reads it."
                    : "Compute it in a step of WITH first."
            )
        }
        if let known = self.analyticKeys.firstIndex(of: expression) {
            return ExpressionNode(slot: self.slots.analytics + known)
        }
        let inputs = self.inputsRead(by: expression)
        guard inputs.count <= 1 else {
            throw self.fault(
                expression,
                found: "columns of \(inputs.count) inputs",
                expected: "columns of one",
                advice: "\(call.name) looks back over one input; join in a step of WITH first."
            )
        }
        let input = inputs.first ?? 0
        var plan = try self.analyticPlan(call, capitals, expression, input)
        let over = call.over ?? SQLOver(position: expression.position)
        for key in self.partitions[input] + over.partitionBy
        where !plan.partitionBy.contains(where: { $0.text == key.description }) {
            plan.partitionBy.append(try self.compiled(key, .inner))
        }
        if let when = over.when { plan.when = try self.condition(when, .inner) }
        for term in over.orderBy where !plan.order.isEmpty || self.isRanked(plan.function) {
            plan.order.append(OrderPlan(key: try self.compiled(term.key, .inner), isDescending: term.isDescending))
        }
        self.analyticKeys.append(expression)
        self.analytics.append(plan)
        return ExpressionNode(slot: self.slots.analytics + self.analytics.count - 1)
    }

    private func isRanked(_ function: AnalyticFunction) -> Bool {
        switch function {
        case .aggregate(.topOne), .aggregate(.collectTop): true
        case .aggregate, .lag, .last, .isFirst, .spikeAndDip, .changePoint, .anomaly: false
        }
    }

    private func analyticPlan(
        _ call: SQLCall,
        _ capitals: String,
        _ expression: SQLExpression,
        _ input: Int
    ) throws(StreamSQLError) -> AnalyticPlan {
        var plan = AnalyticPlan(
            function: .last,
            input: input,
            slot: self.slots.analytics + self.analytics.count,
            partitionBy: [],
            limit: try self.limit(call, capitals, expression),
            order: [],
            text: expression.description
        )
        var arguments = call.arguments
        if call.hasStar, capitals == "LAG" || capitals == "LAST" {
            arguments.insert(SQLExpression(.column([.name(self.inputs[input].alias)]), at: expression.position), at: 0)
        }
        var complete = call
        complete.arguments = arguments
        switch capitals {
        case "LAG":
            try self.checkCount(complete, 1...3, expression)
            let offset = arguments.count > 1 ? try self.integer(arguments[1], "the offset", in: 1...10_000) : 1
            plan.function = .lag(offset: Int(offset))
            if arguments.count > 2 { plan.defaultValue = try self.compiled(arguments[2], .inner) }
        case "LAST":
            try self.checkCount(complete, 1...2, expression)
            if arguments.count > 1 { plan.defaultValue = try self.compiled(arguments[1], .inner) }
        case "ISFIRST":
            try self.checkCount(complete, 2...2, expression)
            let interval = try self.milliseconds(
                arguments[0],
                arguments[1],
                "the interval",
                in: 1...WindowPlan.sizeMax
            )
            plan.function = .isFirst(interval: interval)
            return plan
        case "ANOMALYDETECTION_SPIKEANDDIP":
            try self.checkCount(complete, 4...4, expression)
            plan.function = .spikeAndDip(
                confidence: try self.confidence(arguments[1]),
                history: Int(try self.integer(arguments[2], "the history's size", in: 2...65_536)),
                mode: try self.spikeMode(arguments[3])
            )
        case "ANOMALYDETECTION_CHANGEPOINT":
            try self.checkCount(complete, 3...3, expression)
            plan.function = .changePoint(
                confidence: try self.confidence(arguments[1]),
                history: Int(try self.integer(arguments[2], "the history's size", in: 2...65_536))
            )
        case "ANOMALY":
            try self.checkCount(complete, 1...1, expression)
            plan.function = .anomaly
        default:
            let parts = try self.aggregateParts(call, capitals, expression)
            plan.function = .aggregate(parts.function)
            if let argument = parts.argument { plan.argument = try self.compiled(argument, .inner) }
            return plan
        }
        plan.argument = try self.compiled(arguments[0], .inner)
        return plan
    }

    /// `LIMIT DURATION`, which all but `ISFIRST` and `Anomaly` need.
    private func limit(
        _ call: SQLCall,
        _ capitals: String,
        _ expression: SQLExpression
    ) throws(StreamSQLError) -> Int64? {
        if let limit = call.over?.limit, capitals != "ISFIRST" {
            return try self.milliseconds(limit.unit, limit.length, "the duration", in: 1...WindowPlan.sizeMax)
        }
        if call.over?.limit == nil, capitals == "ISFIRST" || capitals == "ANOMALY" { return nil }
        throw self.fault(
            expression,
            found: "\(call.name) \(capitals == "ISFIRST" ? "with" : "without") LIMIT DURATION",
            expected: capitals == "ISFIRST" ? "OVER (PARTITION BY … WHEN …)" : "OVER (LIMIT DURATION(unit, length))",
            advice: capitals == "ISFIRST"
                ? "Its arguments say the interval: ISFIRST(minute, 5)."
                : "Say how far it looks back: OVER (LIMIT DURATION(hour, 1))."
        )
    }

    private func confidence(_ expression: SQLExpression) throws(StreamSQLError) -> Double {
        if let confidence = try self.constant(expression, "the confidence").number, (1...100).contains(confidence) {
            return confidence
        }
        throw self.fault(
            expression,
            found: self.shown(expression),
            expected: "the confidence in percent, from 1 to 100",
            advice: "Write 95."
        )
    }

    private func spikeMode(_ expression: SQLExpression) throws(StreamSQLError) -> AnalyticFunction.SpikeMode {
        if case .nvarchar(let name) = try self.constant(expression, "the mode"),
            let mode = AnalyticFunction.SpikeMode(rawValue: name.lowercased())
        {
            return mode
        }
        throw self.fault(
            expression,
            found: self.shown(expression),
            expected: "'spikes', 'dips' or 'spikesanddips'",
            advice: "Write 'spikesanddips'."
        )
    }
}
