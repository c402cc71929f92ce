extension SQLExpression: Equatable {
    package static func == (left: SQLExpression, right: SQLExpression) -> Bool {
        left.kind == right.kind
    }
}

extension SQLCall: Equatable {
    package static func == (left: SQLCall, right: SQLCall) -> Bool {
        StreamText.capitals(left.name) == StreamText.capitals(right.name) && left.arguments == right.arguments
            && left.hasStar == right.hasStar && left.isDistinct == right.isDistinct && left.over == right.over
    }
}
