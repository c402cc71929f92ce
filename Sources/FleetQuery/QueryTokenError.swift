/// Why a continuation token is refused.
package enum QueryTokenError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No token of ours, cut off, or changed on the way.
    case malformed
    /// A token of another query.
    case otherQuery

    /// What is wrong, and what to do.
    package var description: String {
        switch self {
        case .malformed:
            "The continuation token was not given out by this gateway, or was changed. Send it exactly as the header of the "
                + "page before had it, or ask for the first page without one."
        case .otherQuery:
            "The continuation token belongs to another query. Ask for the first page of this query without a token."
        }
    }
}
