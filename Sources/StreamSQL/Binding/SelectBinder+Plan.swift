extension SelectBinder {
    /// Checks and compiles the whole `SELECT`.
    func plan(_ select: SQLSelect) throws(StreamSQLError) -> SelectPlan {
        let written = [select.from] + select.joins.map(\.input)
        for (index, input) in written.enumerated() {
            self.partitions[index] = try self.ownColumns(input.partitionBy, of: index)
        }
        var plans: [InputPlan] = []
        for (index, input) in written.enumerated() {
            let role: InputPlan.Role = index == 0 ? .main : try self.role(of: select.joins[index - 1], at: index)
            plans.append(try self.inputPlan(input, index, role))
        }
        let windows = try self.grouping(of: select)
        var filter: CompiledExpression?
        if let condition = select.filter { filter = try self.condition(try self.normalized(condition), .row) }
        var keys: [CompiledExpression] = []
        for key in self.groupKeys { keys.append(try self.compiled(key, .row)) }
        try self.checkSession()
        let projection = try self.projection(of: select)
        var having: CompiledExpression?
        if let condition = select.having {
            guard windows != nil else {
                throw self.fault(
                    condition,
                    found: "HAVING without GROUP BY",
                    expected: "a window in GROUP BY",
                    advice: "Write WHERE for a condition about single events."
                )
            }
            having = try self.condition(try self.normalized(condition), .group)
        }
        // Only now it is known what is read.
        for index in plans.indices {
            plans[index].reads = self.inputs[index].reads
            plans[index].firstSlot = self.slots.inputs[index]
            if let slot = plans[index].timestamp?.expression.slot {
                let place = slot - self.slots.inputs[index]
                plans[index].isTimestampReadElsewhere = self.inputs[index].useCounts[place] > 1
            }
        }
        return SelectPlan(
            inputs: plans,
            slotCount: self.slots.analytics + self.analytics.count,
            analytics: self.analytics,
            filter: filter,
            group: windows.map { windows in
                GroupPlan(windows: windows, keys: keys, aggregates: self.aggregates, having: having)
            },
            projection: projection
        )
    }

    private func inputPlan(
        _ input: SQLInput,
        _ index: Int,
        _ role: InputPlan.Role
    ) throws(StreamSQLError) -> InputPlan {
        let bound = self.inputs[index]
        var timestamp: InstantExpression?
        if let expression = input.timestampBy {
            guard case .topic = bound.source else {
                throw self.fault(
                    expression,
                    found: "TIMESTAMP BY for \(bound.alias), which is no topic",
                    expected: "TIMESTAMP BY where a topic is read",
                    advice: "Move it to the step that reads the topic."
                )
            }
            timestamp = InstantExpression(try self.compiled(try self.ownColumn(expression, of: index), .inner))
        }
        var overKeys: [CompiledExpression] = []
        for key in try self.ownColumns(input.over, of: index) { overKeys.append(try self.compiled(key, .inner)) }
        return InputPlan(
            source: bound.source,
            alias: bound.alias,
            role: role,
            timestamp: timestamp,
            overKeys: overKeys,
            reads: [],
            firstSlot: 0
        )
    }

    /// An expression behind an input may only read that input, and needs no alias for it.
    private func ownColumn(_ expression: SQLExpression, of input: Int) throws(StreamSQLError) -> SQLExpression {
        let alias = self.inputs[input].alias
        let qualified = try expression.mapColumns { (steps, position) throws(StreamSQLError) in
            guard case .name(let first) = steps[0], StreamText.capitals(first) != StreamText.capitals(alias) else {
                return SQLExpression(.column(steps), at: position)
            }
            return SQLExpression(.column([.name(alias)] + steps), at: position)
        }
        return try self.normalized(qualified)
    }

    private func ownColumns(_ expressions: [SQLExpression], of input: Int) throws(StreamSQLError) -> [SQLExpression] {
        var normal: [SQLExpression] = []
        for expression in expressions { normal.append(try self.ownColumn(expression, of: input)) }
        return normal
    }

    /// The windows; `nil` when each row gives a result. Aggregates without `GROUP BY` are refused where they are bound.
    private func grouping(of select: SQLSelect) throws(StreamSQLError) -> [WindowPlan]? {
        guard !select.groupBy.isEmpty else { return nil }
        self.isGrouped = true
        return try self.windows(of: select)
    }

    private func checkSession() throws(StreamSQLError) {
        for key in self.sessionKeys where !self.groupKeys.contains(key) {
            throw self.fault(
                key,
                found: "'\(self.shown(key))'",
                expected: "a key of GROUP BY",
                advice: "Add it to GROUP BY: the sessions are those of each group."
            )
        }
    }

    // MARK: Columns

    private func projection(of select: SQLSelect) throws(StreamSQLError) -> ProjectionPlan {
        let mode: Mode = self.isGrouped ? .group : .row
        var items: [ProjectionPlan.Item] = []
        var names: Set<[UInt8]> = []
        for (index, item) in select.items.enumerated() {
            switch item {
            case .star(let alias, let position):
                // Of columns with the same name the first counts.
                items += try self.star(of: alias, at: position).filter { item in
                    guard case .value(let name, _) = item else { return true }
                    return names.insert(Array(name.utf8)).inserted
                }
            case .expression(let expression, let alias):
                let name = alias?.text ?? self.name(of: expression, index)
                guard names.insert(Array(name.utf8)).inserted else {
                    throw self.script.fault(
                        at: alias?.position ?? expression.position,
                        found: "a second column \(name)",
                        expected: "each column under a name of its own",
                        advice: "Give one of them another name: \(self.shown(expression)) AS other."
                    )
                }
                let normal = try self.normalized(expression)
                items.append(.value(name: name, try self.compiled(normal, mode)))
            }
        }
        return ProjectionPlan(items: items)
    }

    /// The name of a column without `AS`: of a path the last name, of a call the function in small letters, else its number.
    private func name(of expression: SQLExpression, _ index: Int) -> String {
        switch expression.kind {
        case .column(let steps), .member(_, let steps):
            for step in steps.reversed() {
                if case .name(let name) = step { return name }
            }
            return "col\(index + 1)"
        case .call(let call):
            let parts = call.name.split(separator: ".")
            return parts.last.map { $0.lowercased() } ?? "col\(index + 1)"
        case .literal, .negated, .not, .all, .any, .binary, .isNull, .between, .isIn, .like, .choice, .cast:
            return "col\(index + 1)"
        }
    }

    /// `*` or `alias.*`: the columns of steps whose columns are known, else whole events.
    private func star(of alias: SQLName?, at position: Int) throws(StreamSQLError) -> [ProjectionPlan.Item] {
        guard !self.isGrouped else {
            throw self.script.fault(
                at: position,
                found: "*",
                expected: "keys of GROUP BY and aggregates",
                advice: "Write what a group shows: SELECT deviceId, AVG(temperature)."
            )
        }
        var chosen = Array(self.inputs.indices)
        if let alias {
            chosen = self.inputs.indices.filter {
                StreamText.capitals(self.inputs[$0].alias) == StreamText.capitals(alias.text)
            }
            guard !chosen.isEmpty else {
                throw self.script.fault(
                    at: alias.position,
                    found: "'\(alias.text)'",
                    expected: "an input: \(self.inputs.map(\.alias).joined(separator: ", "))",
                    advice: "Write \(SQLExpression.quoted(self.inputs[0].alias)).*."
                )
            }
        }
        var items: [ProjectionPlan.Item] = []
        for index in chosen {
            let name = SQLPathStep.name(self.inputs[index].alias)
            guard let columns = self.inputs[index].columns else {
                let event = try self.node(SQLExpression(.column([name]), at: position), .row)
                if let slot = event.slot { items.append(.star(slot: slot)) }
                continue
            }
            for column in columns {
                let path = SQLExpression(.column([name, .name(column)]), at: position)
                items.append(.value(name: column, try self.compiled(path, .row)))
            }
        }
        return items
    }
}
