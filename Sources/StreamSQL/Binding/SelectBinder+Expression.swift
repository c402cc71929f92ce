internal import TelemetryJSON

extension SelectBinder {
    /// A normal expression, compiled for its place.
    func node(_ expression: SQLExpression, _ mode: Mode) throws(StreamSQLError) -> ExpressionNode {
        try self.script.count(expression)
        if mode == .group, let key = self.groupKeys.firstIndex(of: expression) { return ExpressionNode(slot: key) }
        switch expression.kind {
        case .literal(let literal): return ExpressionNode(constant: literal.value)
        case .column(let steps): return try self.column(steps, of: expression, mode)
        case .negated(let part):
            let part = try self.node(part, mode)
            return try self.fold(.negated(part), [part], expression)
        case .not(let part):
            let part = try self.node(part, mode)
            return try self.fold(.not(part), [part], expression)
        case .all(let parts):
            let parts = try self.nodes(parts, mode)
            return try self.fold(.all(parts), parts, expression)
        case .any(let parts):
            let parts = try self.nodes(parts, mode)
            return try self.fold(.any(parts), parts, expression)
        case .binary(let operation, let left, let right):
            let (left, right) = (try self.node(left, mode), try self.node(right, mode))
            return try self.fold(.arithmetic(operation, left, right), [left, right], expression)
        case .isNull(let part, let isNegated):
            let part = try self.node(part, mode)
            return try self.fold(.isNull(part, isNegated: isNegated), [part], expression)
        case .between(let part, let low, let high, let isNegated):
            let parts = try self.nodes([part, low, high], mode)
            return try self.fold(.between(parts[0], parts[1], parts[2], isNegated: isNegated), parts, expression)
        case .isIn(let part, let list, let isNegated):
            let (part, list) = (try self.node(part, mode), try self.nodes(list, mode))
            return try self.fold(.isIn(part, list, isNegated: isNegated), [part] + list, expression)
        case .like(let part, let pattern, let escape, let isNegated):
            let parts = try self.nodes([part, pattern] + [escape].compactMap(\.self), mode)
            let made = try self.checked(expression) { () throws(StreamFault) in
                try ExpressionNode.like(
                    parts[0],
                    parts[1],
                    escape: parts.count > 2 ? parts[2] : nil,
                    isNegated: isNegated
                )
            }
            return try self.fold(made, parts, expression)
        case .choice(let operand, let choices, let otherwise):
            return try self.choice(operand, choices, otherwise, of: expression, mode)
        case .cast(let part, let type, let isTry):
            let part = try self.node(part, mode)
            return try self.fold(.cast(part, to: type, isTry: isTry), [part], expression)
        case .call(let call): return try self.call(call, of: expression, mode)
        case .member(let part, let steps): return try self.member(part, steps, of: expression, mode)
        }
    }

    func nodes(_ expressions: [SQLExpression], _ mode: Mode) throws(StreamSQLError) -> [ExpressionNode] {
        var nodes: [ExpressionNode] = []
        nodes.reserveCapacity(expressions.count)
        for expression in expressions { nodes.append(try self.node(expression, mode)) }
        return nodes
    }

    /// Evaluates now what is constant; a fault of constants is the query's.
    func fold(
        _ node: ExpressionNode,
        _ parts: [ExpressionNode],
        _ expression: SQLExpression
    ) throws(StreamSQLError) -> ExpressionNode {
        try self.checked(expression) { () throws(StreamFault) in try node.folded(parts) }
    }

    private func checked(
        _ expression: SQLExpression,
        _ make: () throws(StreamFault) -> ExpressionNode
    ) throws(StreamSQLError) -> ExpressionNode {
        do {
            return try make()
        } catch {
            throw self.fault(
                expression,
                found: self.shown(expression),
                expected: "an expression that has a value (\(error.reason))",
                advice: "Correct the constants in it."
            )
        }
    }

    private func choice(
        _ operand: SQLExpression?,
        _ choices: [SQLChoice],
        _ otherwise: SQLExpression?,
        of expression: SQLExpression,
        _ mode: Mode
    ) throws(StreamSQLError) -> ExpressionNode {
        let operandNode = try self.optional(operand, mode)
        let otherwiseNode = try self.optional(otherwise, mode)
        var nodes: [(when: ExpressionNode, then: ExpressionNode)] = []
        for choice in choices { nodes.append((try self.node(choice.when, mode), try self.node(choice.then, mode))) }
        let parts = [operandNode, otherwiseNode].compactMap(\.self) + nodes.flatMap { [$0.when, $0.then] }
        return try self.fold(.choice(operand: operandNode, nodes, otherwise: otherwiseNode), parts, expression)
    }

    private func optional(_ expression: SQLExpression?, _ mode: Mode) throws(StreamSQLError) -> ExpressionNode? {
        guard let expression else { return nil }
        return try self.node(expression, mode)
    }

    private func member(
        _ part: SQLExpression,
        _ steps: [SQLPathStep],
        of expression: SQLExpression,
        _ mode: Mode
    ) throws(StreamSQLError) -> ExpressionNode {
        if case .call(let call) = part.kind, StreamText.capitals(call.name) == "SYSTEM.WINDOW" {
            return try self.windowMember(steps, of: expression, mode)
        }
        let node = try self.node(part, mode)
        return try self.fold(.member(of: node, at: SelectBinder.path(steps)), [node], expression)
    }

    static func path(_ steps: some Sequence<SQLPathStep>) -> JSONPath {
        JSONPath(
            steps.map { step in
                switch step {
                case .name(let name): .name(name)
                case .index(let index): .index(index)
                }
            }
        )
    }
}
