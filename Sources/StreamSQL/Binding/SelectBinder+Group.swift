internal import TelemetryModel

extension SelectBinder {
    /// Sorts `GROUP BY` into windows and keys; the keys are normal.
    ///
    /// - Throws: When there is no window, or more than one.
    func windows(of select: SQLSelect) throws(StreamSQLError) -> [WindowPlan] {
        var windows: [WindowPlan] = []
        var windowAt: SQLExpression?
        var timestamp: SQLExpression?
        for term in select.groupBy {
            if let found = try self.windowPlans(term) {
                guard windowAt == nil else {
                    throw self.fault(
                        term,
                        found: "a second window",
                        expected: "one window",
                        advice: "Write Windows(\(windowAt.map { "\($0)" } ?? ""), \(term)) for both."
                    )
                }
                windows = found
                windowAt = term
            } else if self.isTimestamp(term) {
                timestamp = term
            } else {
                let key = try self.normalized(term)
                if !self.groupKeys.contains(key) { self.groupKeys.append(key) }
            }
        }
        if let timestamp {
            if windows.isEmpty {
                windows = [WindowPlan(kind: .snapshot, offset: 0)]
            } else {
                self.groupKeys.append(timestamp)
            }
        }
        guard !windows.isEmpty else {
            let place = select.groupBy.last ?? SQLExpression(.literal(SQLLiteral(value: .null)), at: select.position)
            throw self.fault(
                place,
                found: "GROUP BY without a window",
                expected: "a window: \(WindowNames.names.joined(separator: ", ")) or System.Timestamp()",
                advice: "Add a window: GROUP BY \(place), TumblingWindow(second, 10)."
            )
        }
        // Each value of PARTITION BY is a stream of its own.
        for key in self.partitions[0] where !self.groupKeys.contains(key) { self.groupKeys.append(key) }
        return windows
    }

    private func isTimestamp(_ expression: SQLExpression) -> Bool {
        if case .call(let call) = expression.kind {
            StreamText.capitals(call.name) == "SYSTEM.TIMESTAMP"
        } else {
            false
        }
    }

    /// The windows of a term; `nil` when it is a key.
    private func windowPlans(_ term: SQLExpression) throws(StreamSQLError) -> [WindowPlan]? {
        guard case .call(let call) = term.kind, call.name != "ISFIRST" else { return nil }
        let capitals = StreamText.capitals(call.name)
        guard WindowNames.all.contains(capitals) else { return try self.refuseUnknown(call, term) }
        guard capitals == WindowNames.several else { return [try self.window(call, term)] }
        var windows: [WindowPlan] = []
        for argument in call.arguments {
            guard case .call(let inner) = argument.kind else { throw self.noWindow(argument) }
            var window: WindowPlan
            if StreamText.capitals(inner.name) == WindowNames.named {
                try self.checkCount(inner, 2...2, argument)
                guard case .nvarchar(let id) = try self.constant(inner.arguments[0], "the window's name"),
                    case .call(let named) = inner.arguments[1].kind
                else { throw self.noWindow(argument) }
                window = try self.window(named, inner.arguments[1])
                window.id = id
            } else {
                window = try self.window(inner, argument)
            }
            let isKnown = windows.contains { known in
                known.id.map { StreamText.capitals($0) } == window.id.map { StreamText.capitals($0) }
                    && (window.id != nil || known == window)
            }
            guard !isKnown else {
                throw self.fault(
                    argument,
                    found: "the same window twice",
                    expected: "each window once",
                    advice: "Give each a name of its own: Window('minute', TumblingWindow(minute, 1))."
                )
            }
            windows.append(window)
        }
        guard (1...50).contains(windows.count) else {
            throw self.fault(
                term,
                found: "\(windows.count) windows",
                expected: "1 to 50",
                advice: "Write Windows(TumblingWindow(minute, 1), TumblingWindow(hour, 1))."
            )
        }
        return windows
    }

    /// A call that looks like a window and is none.
    private func refuseUnknown(_ call: SQLCall, _ term: SQLExpression) throws(StreamSQLError) -> [WindowPlan]? {
        let isKnown =
            FunctionNames.isKnown(call.name)
            || self.script.functions[StreamText.capitals(FunctionNames.plain(call.name))] != nil
        guard !isKnown, let nearest = NearestName.of(call.name, among: WindowNames.names) else { return nil }
        throw self.fault(
            term,
            found: "'\(call.name)'",
            expected: "a window or a key",
            advice: "Write \(nearest)."
        )
    }

    private func noWindow(_ expression: SQLExpression) -> StreamSQLError {
        self.fault(
            expression,
            found: self.shown(expression),
            expected: "a window",
            advice: "Write TumblingWindow(second, 10), or Window('name', TumblingWindow(second, 10))."
        )
    }

    // MARK: One window

    private func window(_ call: SQLCall, _ expression: SQLExpression) throws(StreamSQLError) -> WindowPlan {
        let capitals = StreamText.capitals(call.name)
        var arguments = call.arguments
        if call.over != nil, !WindowNames.session.contains(capitals) {
            throw self.fault(
                expression,
                found: "\(call.name) with OVER",
                expected: "keys in GROUP BY",
                advice: "Leave OVER out."
            )
        }
        if WindowNames.snapshot.contains(capitals) {
            try self.checkCount(call, 0...0, expression)
            return WindowPlan(kind: .snapshot, offset: 0)
        }
        let unit = try self.shared(&arguments, call)
        let sizes = 1...WindowPlan.sizeMax
        if WindowNames.tumbling.contains(capitals) {
            try self.checkParts(arguments, 1...2, call, expression, "TumblingWindow(second, 10)")
            let size = try self.length(arguments[0], unit, "the window's size", in: sizes)
            let offset = arguments.count > 1 ? try self.offset(arguments[1], unit, below: size) : 0
            return WindowPlan(kind: .tumbling(size: size), offset: offset)
        }
        if WindowNames.hopping.contains(capitals) {
            try self.checkParts(arguments, 2...3, call, expression, "HoppingWindow(second, 60, 10)")
            let size = try self.length(arguments[0], unit, "the window's size", in: sizes)
            let hop = try self.length(arguments[1], unit, "the hop", in: max(1, size / SelectBinder.overlapMax)...size)
            let offset = arguments.count > 2 ? try self.offset(arguments[2], unit, below: hop) : 0
            return WindowPlan(kind: .hopping(size: size, hop: hop), offset: offset)
        }
        if WindowNames.sliding.contains(capitals) {
            try self.checkParts(arguments, 1...1, call, expression, "SlidingWindow(second, 10)")
            return WindowPlan(
                kind: .sliding(size: try self.length(arguments[0], unit, "the window's size", in: sizes)),
                offset: 0
            )
        }
        guard WindowNames.session.contains(capitals) else { throw self.noWindow(expression) }
        try self.checkParts(arguments, 1...2, call, expression, "SessionWindow(second, 30, 600)")
        let timeout = try self.length(arguments[0], unit, "the timeout", in: sizes)
        let longest =
            arguments.count > 1
            ? try self.length(arguments[1], unit, "the longest duration", in: timeout...WindowPlan.sizeMax)
            : WindowPlan.sizeMax
        // Sessions are those of a group: its keys must hold these, which is checked when they are known.
        for key in call.over?.partitionBy ?? [] { self.sessionKeys.append(try self.normalized(key)) }
        return WindowPlan(kind: .session(timeout: timeout, durationMax: longest), offset: 0)
    }

    /// Most windows of a hopping kind that hold one event: seven days, every minute.
    static let overlapMax: Int64 = 10_080

    /// The unit in front of all lengths; `nil` when each has its own: `Duration(minute, 5)`.
    private func shared(_ arguments: inout [SQLExpression], _ call: SQLCall) throws(StreamSQLError) -> SQLExpression? {
        guard let first = arguments.first else { return nil }
        if case .call = first.kind { return nil }
        arguments.removeFirst()
        _ = try self.unit(first, of: call.name)
        return first
    }

    private func length(
        _ expression: SQLExpression,
        _ unit: SQLExpression?,
        _ what: String,
        in range: ClosedRange<Int64>
    ) throws(StreamSQLError) -> Int64 {
        let names: Set<String> = ["DURATION", "OFFSET", "HOP", "TIMEOUT", "MAXDURATION"]
        if case .call(let call) = expression.kind, names.contains(StreamText.capitals(call.name)) {
            try self.checkCount(call, 2...2, expression)
            return try self.milliseconds(call.arguments[0], call.arguments[1], what, in: range)
        }
        guard let unit else { throw self.noWindow(expression) }
        return try self.milliseconds(unit, expression, what, in: range)
    }

    private func offset(
        _ expression: SQLExpression,
        _ unit: SQLExpression?,
        below size: Int64
    ) throws(StreamSQLError) -> Int64 {
        try self.length(expression, unit, "the offset", in: (1 - size)...(max(size, 2) - 1))
    }

    private func checkParts(
        _ arguments: [SQLExpression],
        _ count: ClosedRange<Int>,
        _ call: SQLCall,
        _ expression: SQLExpression,
        _ example: String
    ) throws(StreamSQLError) {
        guard !count.contains(arguments.count) else { return }
        throw self.fault(
            expression,
            found: "\(call.name) with \(call.arguments.count) argument\(call.arguments.count == 1 ? "" : "s")",
            expected: "a unit and \(count.lowerBound) to \(count.upperBound) lengths",
            advice: "Write \(example)."
        )
    }
}
