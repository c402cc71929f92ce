/// What a query has done since it began or was restored.
package struct QueryCounts: Equatable, Sendable {
    /// Records taken.
    package var records: Int64 = 0
    /// Events in them, once for each input that reads them.
    package var events: Int64 = 0
    package var results: Int64 = 0
    package var deadLetters: Int64 = 0
    /// Events whose time was adjusted.
    package var adjusted: Int64 = 0
    /// Events of the backlog.
    package var historical: Int64 = 0

    package init() {}
}
