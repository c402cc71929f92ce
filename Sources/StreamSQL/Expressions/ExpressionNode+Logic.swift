extension ExpressionNode {
    /// `NOT part`.
    static func not(_ part: ExpressionNode) -> ExpressionNode {
        let test = part.test
        return ExpressionNode(test: { (row) throws(StreamFault) in try test(row).negated })
    }

    /// `AND`: what follows the first that is false is not evaluated.
    static func all(_ parts: [ExpressionNode]) -> ExpressionNode {
        ExpressionNode.chain(parts) { first, rest in
            { (row) throws(StreamFault) in
                let truth = try first(row)
                return truth == .no ? .no : StreamTruth.all(truth, try rest(row))
            }
        }
    }

    /// `OR`: what follows the first that is true is not evaluated.
    static func any(_ parts: [ExpressionNode]) -> ExpressionNode {
        ExpressionNode.chain(parts) { first, rest in
            { (row) throws(StreamFault) in
                let truth = try first(row)
                return truth == .yes ? .yes : StreamTruth.any(truth, try rest(row))
            }
        }
    }

    /// Pairs of pairs up to ``chainMax``, beyond it halves: a pair calls its parts faster than an array does, and nothing
    /// becomes deep.
    private static func chain(
        _ parts: [ExpressionNode],
        _ pair: (@escaping Test, @escaping Test) -> Test
    ) -> ExpressionNode {
        guard parts.count > 1 else { return parts.first ?? ExpressionNode(constant: .bit(true)) }
        let middle = parts.count > ExpressionNode.chainMax ? parts.count / 2 : 1
        let first = ExpressionNode.chain(Array(parts[..<middle]), pair)
        return ExpressionNode(test: pair(first.test, ExpressionNode.chain(Array(parts[middle...]), pair).test))
    }

    private static let chainMax = 8

    /// `part IS [NOT] NULL`.
    static func isNull(_ part: ExpressionNode, isNegated: Bool) -> ExpressionNode {
        if let slot = part.slot {
            return ExpressionNode(test: { (row) throws(StreamFault) in StreamTruth(row.slots[slot].isNull != isNegated)
            })
        }
        let value = part.evaluation
        return ExpressionNode(test: { (row) throws(StreamFault) in StreamTruth(try value(row).isNull != isNegated) })
    }

    /// `CASE`: of the choices the first whose condition is true; those behind it are not evaluated.
    static func choice(
        operand: ExpressionNode?,
        _ choices: [(when: ExpressionNode, then: ExpressionNode)],
        otherwise: ExpressionNode?
    ) -> ExpressionNode {
        let otherwise = (otherwise ?? ExpressionNode(constant: .null)).evaluation
        if let operand = operand?.evaluation {
            let choices = choices.map { (when: $0.when.evaluation, then: $0.then.evaluation) }
            return ExpressionNode { (row) throws(StreamFault) in
                let value = try operand(row)
                for choice in choices where try StreamComparison.order(value, try choice.when(row)) == 0 {
                    return try choice.then(row)
                }
                return try otherwise(row)
            }
        }
        let tests = choices.map { (when: $0.when.test, then: $0.then.evaluation) }
        return ExpressionNode { (row) throws(StreamFault) in
            for choice in tests where try choice.when(row) == .yes { return try choice.then(row) }
            return try otherwise(row)
        }
    }

    /// `COALESCE`: the first value that is not `NULL`; those behind it are not evaluated.
    static func firstKnown(_ parts: [ExpressionNode]) -> ExpressionNode {
        let values = parts.map(\.evaluation)
        return ExpressionNode { (row) throws(StreamFault) in
            for value in values {
                let value = try value(row)
                if !value.isNull { return value }
            }
            return .null
        }
    }

    /// `CAST` and `TRY_CAST`. Faults of the operand itself stay faults.
    static func cast(_ part: ExpressionNode, to type: StreamType, isTry: Bool) -> ExpressionNode {
        let value = part.evaluation
        if isTry {
            return ExpressionNode { (row) throws(StreamFault) in
                let value = try value(row)
                return (try? StreamConversion.cast(value, to: type)) ?? .null
            }
        }
        return ExpressionNode { (row) throws(StreamFault) in try StreamConversion.cast(try value(row), to: type) }
    }

    /// `part [NOT] LIKE pattern`.
    ///
    /// - Throws: When a constant pattern is none.
    static func like(
        _ part: ExpressionNode,
        _ pattern: ExpressionNode,
        escape: ExpressionNode?,
        isNegated: Bool
    ) throws(StreamFault) -> ExpressionNode {
        let value = part.evaluation
        if let constant = pattern.constant, escape == nil || escape?.constant != nil {
            let compiled = try LikePattern(constant, escape: escape?.constant)
            return ExpressionNode(test: { (row) throws(StreamFault) in
                try LikePattern.truth(try value(row), compiled, isNegated)
            })
        }
        let pattern = pattern.evaluation
        let escape = escape?.evaluation
        return ExpressionNode(test: { (row) throws(StreamFault) in
            let compiled = try LikePattern(try pattern(row), escape: try escape?(row))
            return try LikePattern.truth(try value(row), compiled, isNegated)
        })
    }
}

extension LikePattern {
    /// A pattern from values; `nil` when one is `NULL`.
    fileprivate init?(_ pattern: StreamValue, escape: StreamValue?) throws(StreamFault) {
        guard !pattern.isNull, escape?.isNull != true else { return nil }
        let text = try FunctionArgument.text(pattern, of: "LIKE")
        guard let escape else {
            try self.init(text, escape: nil)
            return
        }
        let scalars = try FunctionArgument.text(escape, of: "ESCAPE").unicodeScalars
        guard scalars.count == 1 else { throw StreamFault("ESCAPE wants one character") }
        try self.init(text, escape: scalars.first)
    }

    fileprivate static func truth(
        _ value: StreamValue,
        _ pattern: LikePattern?,
        _ isNegated: Bool
    ) throws(StreamFault) -> StreamTruth {
        guard let pattern, !value.isNull else { return .unknown }
        return StreamTruth(pattern.matches(try FunctionArgument.text(value, of: "LIKE")) != isNegated)
    }
}
