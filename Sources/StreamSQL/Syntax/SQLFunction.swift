/// `CREATE FUNCTION name(a, b) AS expression;`
package struct SQLFunction: Equatable, Sendable {
    package var name: String
    package var parameters: [String]
    package var body: SQLExpression
    /// Bytes from the start of the query.
    package var position: Int

    package static func == (left: SQLFunction, right: SQLFunction) -> Bool {
        left.name == right.name && left.parameters == right.parameters && left.body == right.body
    }
}
