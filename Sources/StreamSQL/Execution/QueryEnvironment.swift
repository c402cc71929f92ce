/// What a query needs from outside besides its records.
package struct QueryEnvironment: Sendable {
    package var options = ExecutionOptions()
    /// Makes the series of analytic functions.
    package var functions: any StatefulFunctions = BuiltInFunctions()
    /// The reference data of a source; `nil` when there is none.
    package var tables: @Sendable (InputSource) -> (any ReferenceTable)? = { _ in nil }

    package init() {}
}
