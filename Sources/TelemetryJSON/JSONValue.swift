/// Any JSON value as a tree, for what is read whole and kept: twins, requests, query rows.
///
/// Integers and doubles stay apart as they were sent: `1` is an ``integer(_:)``, `1.0` and `1e0` are a ``number(_:)``, and
/// the two are not equal here. Strings are equal when their bytes are, whatever Unicode says of their looks; objects when
/// they have the same members, in whatever order.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// A number written without point and exponent that fits; `-0` is 0.
    case integer(Int64)
    /// Every other number; always finite when it was parsed.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// The members, when it is an object.
    package var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The elements, when it is an array.
    package var array: [JSONValue]? {
        if case .array(let array) = self { array } else { nil }
    }

    /// The text, when it is a string.
    package var string: String? {
        if case .string(let string) = self { string } else { nil }
    }

    /// The number, when it is an integer.
    package var integer: Int64? {
        if case .integer(let integer) = self { integer } else { nil }
    }
}

extension JSONValue: Hashable {
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): JSONName(a) == JSONName(b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        case (.null, _), (.bool, _), (.integer, _), (.number, _), (.string, _), (.array, _), (.object, _): false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null:
            hasher.combine(0)
        case .bool(let value):
            hasher.combine(value)
        case .integer(let value):
            hasher.combine(value)
        case .number(let value):
            hasher.combine(value)
        case .string(let value):
            hasher.combine(JSONName(value))
        case .array(let value):
            hasher.combine(value)
        case .object(let value):
            hasher.combine(value)
        }
    }
}
