/// What a query computes from all documents that match, or from those of a group.
package enum QueryAggregate: String, CaseIterable, Sendable {
    /// How many documents.
    case count = "COUNT"
    /// The mean of the numbers.
    case average = "AVG"
    case sum = "SUM"
    /// The smallest number; where there is none, the first text in order.
    case min = "MIN"
    /// The greatest number; where there is none, the last text in order.
    case max = "MAX"
}
