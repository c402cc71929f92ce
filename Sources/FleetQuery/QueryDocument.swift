package import TelemetryJSON

/// The value of a path or an expression; `nil` is *undefined*: the path does not exist, or the operation means nothing.
package typealias QueryValue = JSONValue?

/// What a condition is evaluated on: a twin, a job, a message.
package protocol QueryDocument {
    /// The value at a path.
    ///
    /// - Parameters:
    ///   - path: One of the compiled query's paths.
    ///   - slot: The path's place among them, for documents that read all paths at once.
    /// - Returns: The value, undefined when the path does not exist.
    func value(at path: JSONPath, slot: Int) -> QueryValue
}
