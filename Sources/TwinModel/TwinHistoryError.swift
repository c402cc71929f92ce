/// Why a twin cannot be led through its records.
package enum TwinHistoryError: Error, Equatable, Sendable {
    /// The record is of another state than the twin is in: one is missing, comes twice, or is of an earlier life.
    case notNext(found: TwinVersions, expected: TwinVersions)
    /// The record of this version contradicts itself.
    case damaged(version: Int64)
    /// The records end before the version.
    case notReached(version: Int64, oldest: Int64)
}

extension TwinHistoryError: CustomStringConvertible {
    /// One sentence.
    package var description: String {
        switch self {
        case .notNext(let found, let expected):
            "a record of version \(found.twin) where one of version \(expected.twin) should be: a change is missing"
        case .damaged(let version): "the record of version \(version) contradicts itself"
        case .notReached(let version, let oldest):
            "version \(version) is not in the records any more: they reach back to version \(oldest)"
        }
    }
}
