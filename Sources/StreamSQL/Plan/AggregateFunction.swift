/// What an aggregate computes of its values. Without values `COUNT` is 0, `COLLECT` an empty array and all others `NULL`.
package enum AggregateFunction: Hashable, Sendable {
    /// `COUNT(*)`.
    case countRows
    /// `COUNT(x)`.
    case count
    /// `COUNT(DISTINCT x)`.
    case countDistinct
    /// Of `bigint` alone a `bigint`, whose overflow is a fault, else a `float`.
    case sum
    /// A `float`.
    case avg
    case min
    case max
    /// Standard deviation of a sample; `NULL` for fewer than two values.
    case stdev
    /// Standard deviation of all values.
    case stdevp
    /// Variance of a sample; `NULL` for fewer than two values.
    case `var`
    /// Variance of all values.
    case varp
    /// `PERCENTILE_CONT`: interpolated at the part from 0 to 1, a `float`.
    case percentileCont(Double, isDescending: Bool)
    /// `PERCENTILE_DISC`: the first value whose rank reaches the part from 0 to 1.
    case percentileDisc(Double, isDescending: Bool)
    /// The argument of the row that comes first.
    case topOne
    /// All arguments as an array, in the order of the rows.
    case collect
    /// The first so many, in order, each as `{"rank": 1, "value": …}`.
    case collectTop(Int)
}
