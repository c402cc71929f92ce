/// Readings that the spool gave up.
package struct SpoolDrop: Equatable, Sendable {
    package var cause: DropCause
    /// In the order of the file; not joined to the next one.
    package var range: ReadingRange

    package init(_ cause: DropCause, _ range: ReadingRange) {
        self.cause = cause
        self.range = range
    }
}
