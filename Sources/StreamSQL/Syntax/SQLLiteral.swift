/// A constant of a query; `1` and `1.0` are two, as they are of two types.
package struct SQLLiteral: Equatable, Sendable {
    package var value: StreamValue

    package static func == (left: SQLLiteral, right: SQLLiteral) -> Bool {
        left.value == right.value && left.value.type == right.value.type
    }
}
