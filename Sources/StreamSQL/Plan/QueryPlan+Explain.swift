internal import TelemetryJSON

extension QueryPlan {
    /// The plan as an indented tree, for `weir query --explain`; lines end with a line feed.
    package var explanation: String {
        var tree = ExplainTree()
        for step in self.steps {
            let target =
                if let topic = step.topic { "query INTO \(topic)" } else if step.isPrinted { "query" } else {
                    "step \(step.name)"
                }
            tree.add(0, target + (step.columns.map { " (\($0.joined(separator: ", ")))" } ?? " (columns as they come)"))
            let isUnion = step.selects.count > 1
            if isUnion { tree.add(1, step.removesDuplicates ? "union, equal results of one time once" : "union, all") }
            for select in step.selects { self.explain(select, isUnion ? 2 : 1, &tree) }
        }
        return tree.text
    }

    private func explain(_ select: SelectPlan, _ depth: Int, _ tree: inout ExplainTree) {
        for input in select.inputs { self.explain(input, of: select, depth, &tree) }
        for analytic in select.analytics { tree.add(depth, "look back: \(analytic.text)") }
        if let filter = select.filter { tree.add(depth, "where \(filter.text)") }
        if let group = select.group {
            tree.add(
                depth,
                "group by \((group.keys.map(\.text) + group.windows.map(\.description)).joined(separator: ", "))"
            )
            for aggregate in group.aggregates { tree.add(depth + 1, "aggregate \(aggregate.text)") }
            if let having = group.having { tree.add(depth + 1, "having \(having.text)") }
        }
        for item in select.projection.items {
            switch item {
            case .value(let name, let expression): tree.add(depth, "column \(name) = \(expression.text)")
            case .star(let slot):
                let input = select.inputs.last { $0.firstSlot <= slot }
                tree.add(depth, "all columns of \(input?.alias ?? "the event")")
            }
        }
    }

    private func explain(_ input: InputPlan, of select: SelectPlan, _ depth: Int, _ tree: inout ExplainTree) {
        let source =
            switch input.source {
            case .topic(let topic): "topic \(topic)"
            case .step(let place): "step \(self.steps[place].name)"
            case .registry: "registry, as of the event's time"
            case .file(let name): "file \(name)"
            case .elements: "elements"
            }
        let alias = " AS \(input.alias)"
        switch input.role {
        case .main: tree.add(depth, "read \(source)\(alias)")
        case .streamJoin(let join):
            tree.add(depth, "\(join.isOuter ? "left outer join" : "join") \(source)\(alias)")
            for bounds in join.bounds {
                let other = select.inputs[bounds.other].alias
                tree.add(
                    depth + 1,
                    "DATEDIFF(\(bounds.unit.rawValue), \(other), \(input.alias)) \(bounds.lower) to \(bounds.upper)"
                )
            }
            self.explain(join.equalities, join.condition, depth + 1, &tree)
        case .referenceJoin(let join):
            tree.add(depth, "\(join.isOuter ? "left outer look-up" : "look-up") in \(source)\(alias)")
            self.explain(join.equalities, join.condition, depth + 1, &tree)
        case .apply(let apply):
            tree.add(depth, "\(apply.isOuter ? "outer apply" : "cross apply") \(apply.elements.text)\(alias)")
        }
        if let timestamp = input.timestamp { tree.add(depth + 1, "time \(timestamp.expression.text)") }
        if !input.overKeys.isEmpty {
            tree.add(depth + 1, "a watermark for each \(input.overKeys.map(\.text).joined(separator: ", "))")
        }
        if !input.reads.isEmpty {
            tree.add(depth + 1, "reads \(input.reads.map(\.description).joined(separator: ", "))")
        }
    }

    private func explain(
        _ equalities: [(left: CompiledExpression, right: CompiledExpression)],
        _ condition: CompiledExpression?,
        _ depth: Int,
        _ tree: inout ExplainTree
    ) {
        for pair in equalities { tree.add(depth, "match \(pair.left.text) = \(pair.right.text)") }
        if let condition { tree.add(depth, "on \(condition.text)") }
    }
}

/// Lines, each two spaces further in than what it belongs to.
private struct ExplainTree {
    var text = ""

    mutating func add(_ depth: Int, _ line: String) {
        self.text += String(repeating: "  ", count: depth) + line + "\n"
    }
}

extension InputRead: CustomStringConvertible {
    /// The path or the property, for EXPLAIN.
    package var description: String {
        switch self {
        case .path(let path): InputRead.text(path)
        case .pathElseDevice(let path): "\(InputRead.text(path)) or the device"
        case .column(let place, let path): "column \(place + 1)\(path.steps.isEmpty ? "" : "." + InputRead.text(path))"
        case .whole: "the whole event"
        case .metadata(let metadata): metadata.description
        }
    }

    private static func text(_ path: JSONPath) -> String {
        var text = ""
        for step in path.steps {
            switch step {
            case .name(let name): text += (text.isEmpty ? "" : ".") + SQLExpression.quoted(name)
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }
}

extension RecordMetadata: CustomStringConvertible {
    package var description: String {
        switch self {
        case .enqueuedTime: "the enqueue time"
        case .partition: "the partition"
        case .offset: "the offset"
        case .topic: "the topic"
        case .device: "the device"
        case .header(let name): "the header \(name)"
        }
    }
}

extension WindowPlan: CustomStringConvertible {
    /// As it is written, with lengths in milliseconds.
    package var description: String {
        let shift = self.offset == 0 ? "" : ", \(self.offset)"
        let window =
            switch self.kind {
            case .tumbling(let size): "TumblingWindow(millisecond, \(size)\(shift))"
            case .hopping(let size, let hop): "HoppingWindow(millisecond, \(size), \(hop)\(shift))"
            case .sliding(let size): "SlidingWindow(millisecond, \(size))"
            case .session(let timeout, let longest): "SessionWindow(millisecond, \(timeout), \(longest))"
            case .snapshot: "SnapshotWindow()"
            }
        return self.id.map { "Window(\(SQLLiteral(value: .nvarchar($0))), \(window))" } ?? window
    }
}
