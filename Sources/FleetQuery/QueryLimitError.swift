/// A query whose answer would be too large.
package enum QueryLimitError: Error, Equatable, Sendable, CustomStringConvertible {
    /// `GROUP BY` over a path with more different values than this.
    case tooManyGroups(limit: Int)

    /// What is too much, and what to do.
    package var description: String {
        switch self {
        case .tooManyGroups(let limit):
            "GROUP BY makes more than \(limit) groups. Group by a path with fewer values, or narrow the query with WHERE."
        }
    }
}
