import FleetQuery
import TelemetryJSON

/// The rules of `twins.md` section 8 read straight off, slowly: what compiled conditions are compared with.
enum SimpleInterpreter {
    static func value(_ expression: QueryExpression, on document: JSONValue) -> QueryValue {
        switch expression {
        case .constant(let constant): SimpleInterpreter.value(constant)
        case .path(let path): path.steps.reduce(document, SimpleInterpreter.step)
        case .all(let parts):
            parts.map { SimpleInterpreter.truth($0, on: document) }.reduce(true, SimpleInterpreter.and).map {
                .bool($0)
            }
        case .any(let parts):
            parts.map { SimpleInterpreter.truth($0, on: document).map { !$0 } }
                .reduce(true, SimpleInterpreter.and).map { .bool(!$0) }
        case .not(let part): SimpleInterpreter.truth(part, on: document).map { .bool(!$0) }
        case .isIn(let part, let list):
            SimpleInterpreter.isIn(SimpleInterpreter.value(part, on: document), list).map { .bool($0) }
        case .isNotIn(let part, let list):
            SimpleInterpreter.isIn(SimpleInterpreter.value(part, on: document), list).map { .bool(!$0) }
        case .binary(let operation, let left, let right):
            SimpleInterpreter.compare(
                operation,
                SimpleInterpreter.value(left, on: document),
                SimpleInterpreter.value(right, on: document)
            ).map { .bool($0) }
        case .negated, .call: nil
        }
    }

    /// Whether this reads every part of the expression; arithmetic and functions have tables of their own.
    static func reads(_ expression: QueryExpression) -> Bool {
        switch expression {
        case .constant, .path: true
        case .all(let parts), .any(let parts): parts.allSatisfy(SimpleInterpreter.reads)
        case .not(let part), .isIn(let part, _), .isNotIn(let part, _): SimpleInterpreter.reads(part)
        case .binary(let operation, let left, let right):
            !["+", "-", "*", "/", "%"].contains(operation.rawValue) && SimpleInterpreter.reads(left)
                && SimpleInterpreter.reads(right)
        case .negated, .call: false
        }
    }

    private static func truth(_ expression: QueryExpression, on document: JSONValue) -> Bool? {
        guard case .bool(let value)? = SimpleInterpreter.value(expression, on: document) else { return nil }
        return value
    }

    private static func and(_ left: Bool?, _ right: Bool?) -> Bool? {
        if left == false || right == false { return false }
        return left == nil || right == nil ? nil : true
    }

    private static func step(_ value: QueryValue, _ step: JSONPath.Step) -> QueryValue {
        switch (value, step) {
        case (.object(let object)?, .name(let name)):
            object.first { Array($0.name.utf8) == Array(name.utf8) }?.value
        case (.array(let array)?, .index(let index)): index < array.count ? array[index] : nil
        default: nil
        }
    }

    private static func value(_ constant: QueryConstant) -> QueryValue {
        switch constant {
        case .undefined: nil
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string(let value): .string(value)
        case .array(let elements): .array(elements.compactMap(SimpleInterpreter.value))
        }
    }

    private static func isIn(_ value: QueryValue, _ list: [QueryConstant]) -> Bool? {
        guard let value else { return nil }
        if value.array != nil || value.object != nil { return nil }
        let answers = list.map { SimpleInterpreter.compare(.equal, value, SimpleInterpreter.value($0)) }
        return answers.contains(true) ? true : answers.contains(nil) ? nil : false
    }

    private static func compare(_ operation: QueryOperator, _ left: QueryValue, _ right: QueryValue) -> Bool? {
        guard let left, let right else { return nil }
        let order: Int?
        switch (left, right) {
        case (.array, _), (.object, _), (_, .array), (_, .object): return nil
        case (.null, .null): order = 0
        case (.bool(let left), .bool(let right)): order = (left ? 1 : 0) - (right ? 1 : 0)
        case (.string(let left), .string(let right)):
            let (left, right) = (Array(left.utf16), Array(right.utf16))
            order = left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
        case (.integer, .integer), (.integer, .number), (.number, .integer), (.number, .number):
            let (left, right) = (SimpleInterpreter.wide(left), SimpleInterpreter.wide(right))
            order = left < right ? -1 : left == right ? 0 : 1
        default: order = nil
        }
        return switch operation {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order.map { $0 < 0 }
        case .lessOrEqual: order.map { $0 <= 0 }
        case .greater: order.map { $0 > 0 }
        case .greaterOrEqual: order.map { $0 >= 0 }
        case .plus, .minus, .times, .dividedBy, .remainder: nil
        }
    }

    /// The number times 1024 in 128 bits: exact for all numbers of the random tests.
    private static func wide(_ value: JSONValue) -> Int128 {
        switch value {
        case .integer(let value): Int128(value) * 1024
        case .number(let value): Int128(value * 1024)
        default: 0
        }
    }
}
