import FleetQuery
import TelemetryJSON
import TestSupport

/// Random expressions and documents over the same few names, so that they meet.
struct RandomQuery {
    var generator: SeededGenerator

    private static let names = ["a", "b", "tags", "x y", "from", "ü", "$version"]
    private static let texts = [
        "", "a", "b", "é", "e\u{301}", "😀", "\u{FFFD}", "it's", "a\\b", "line\n", "\u{1}", "\"", "1",
    ]

    mutating func path() -> JSONPath {
        var steps = [JSONPath.Step.name(self.pick(RandomQuery.names))]
        while self.chance(40) {
            steps.append(self.chance(25) ? .index(self.number(3)) : .name(self.pick(RandomQuery.names)))
        }
        return JSONPath(steps)
    }

    mutating func constant(depth: Int = 0) -> QueryConstant {
        switch self.number(depth < 2 ? 9 : 8) {
        case 0: .undefined
        case 1: .null
        case 2: .bool(self.chance(50))
        case 3, 4:
            .integer(
                self.chance(80) ? Int64(self.number(5)) - 2 : Int64.random(in: .min ... .max, using: &self.generator)
            )
        case 5: .number(self.chance(80) ? Double(self.number(8)) / 2 - 2 : 9_007_199_254_740_992)
        case 6, 7: .string(self.pick(RandomQuery.texts))
        default: .array(self.list(depth: depth + 1))
        }
    }

    mutating func list(depth: Int = 1) -> [QueryConstant] {
        (0..<self.number(4)).map { _ in self.constant(depth: depth) }
    }

    mutating func expression(depth: Int = 0) -> QueryExpression {
        guard depth < 5 else { return self.chance(60) ? .path(self.path()) : .constant(self.constant()) }
        switch self.number(16) {
        case 0, 1: return .all(self.parts(depth))
        case 2, 3: return .any(self.parts(depth))
        case 4: return .not(self.expression(depth: depth + 1))
        case 5: return .negated(self.expression(depth: depth + 1))
        case 6, 7, 8, 9:
            let operation = self.pick(QueryOperator.allCases)
            return .binary(operation, self.expression(depth: depth + 2), self.expression(depth: depth + 2))
        case 10: return .binary(.equal, .path(self.path()), .constant(self.constant()))
        case 11: return .isIn(.path(self.path()), self.list())
        case 12: return .isNotIn(self.expression(depth: depth + 3), self.list())
        case 13:
            let function = self.pick(QueryFunction.allCases)
            let count = function.arity.min + self.number((function.arity.max ?? 4) - function.arity.min + 1)
            return .call(function, (0..<count).map { _ in self.expression(depth: depth + 2) })
        case 14: return .path(self.path())
        default: return .constant(self.constant())
        }
    }

    mutating func statement() -> QueryStatement {
        var statement = QueryStatement()
        if self.chance(30) { statement.top = 1 + self.number(100) }
        if self.chance(70) { statement.condition = self.expression() }
        guard self.chance(60) else { return statement }
        statement.groupBy = self.chance(40) ? [self.path()] : []
        for place in 0..<(1 + self.number(3)) {
            let source: QueryItem.Source
            if self.chance(30), let group = statement.groupBy.first {
                source = .path(group)
            } else if self.chance(20) {
                source = .count
            } else {
                source = .aggregate(self.pick([.sum, .average, .min, .max]), self.path())
            }
            statement.items.append(QueryItem(source, as: "column \(place)"))
        }
        return statement
    }

    mutating func document(depth: Int = 0) -> JSONValue {
        switch depth == 0 ? 9 : self.number(depth < 4 ? 11 : 7) {
        case 0: .null
        case 1: .bool(self.chance(50))
        case 2, 3: .integer(Int64(self.number(5)) - 2)
        case 4: .number(Double(self.number(8)) / 2 - 2)
        case 5, 6: .string(self.pick(RandomQuery.texts))
        case 7: .array((0..<self.number(4)).map { _ in self.document(depth: depth + 1) })
        default: self.object(depth)
        }
    }

    private mutating func object(_ depth: Int) -> JSONValue {
        var object = JSONObject()
        for name in RandomQuery.names where self.chance(60) { object[name] = self.document(depth: depth + 1) }
        return .object(object)
    }

    private mutating func parts(_ depth: Int) -> [QueryExpression] {
        (0..<(2 + self.number(2))).map { _ in self.expression(depth: depth + 1) }
    }

    mutating func number(_ limit: Int) -> Int {
        Int.random(in: 0..<limit, using: &self.generator)
    }

    mutating func chance(_ percent: Int) -> Bool {
        self.number(100) < percent
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[self.number(elements.count)]
    }
}
