/// Why a plan cannot be carried out: reference data that is not there, a function that nobody brought.
package struct QueryError: Error, Equatable, Sendable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}
