/// How a query is carried out; the same for the same results.
package struct ExecutionOptions: Equatable, Sendable {
    /// For inputs with `TIMESTAMP BY`; those without have the log's time, which is never late.
    package var time = TimePolicy()
    package var limits = QueryLimits()
    /// How often, by the log's clock, open windows that have changed give early results; `nil`: never.
    package var earlyResults: Duration?

    package init() {}
}
