package import TelemetryJSON

/// What the names of a condition mean: properties of twins, fields of jobs, or a message's properties, body and twin.
package protocol QueryOperands: Sendable {
    /// Names with hyphens that are one word though they stand without `[[ ]]`: `$dt-subject`.
    var hyphenatedNames: [String] { get }

    /// The path as documents know it.
    ///
    /// - Parameters:
    ///   - path: As written; its first step is a name.
    ///   - isFirstBracketed: Whether the first name stands in `[[ ]]` and so is no prefix.
    /// - Returns: What ``QueryDocument/value(at:slot:)`` is asked for.
    /// - Throws: What is wrong with the path.
    func resolve(_ path: JSONPath, isFirstBracketed: Bool) throws(QueryOperandFault) -> JSONPath
}
