extension AggregateState {
    /// What the aggregate gives.
    ///
    /// - Throws: When there is no result: a `bigint` overflow, too many values.
    package func result(_ function: AggregateFunction) throws(StreamFault) -> StreamValue {
        switch self {
        case .count(let count): return .bigint(count)
        case .distinct(let values): return .bigint(Int64(values.count))
        case .sum(let sum): return try sum.sum()
        case .mean(let sum, let count):
            return count == 0 ? .null : try AggregateState.float(sum.value / Double(count), of: "AVG")
        case .least(let value), .greatest(let value): return value
        case .moments(let moments): return try AggregateState.deviation(function, moments)
        case .values(let values): return AggregateState.percentile(function, values)
        case .top(let ranked):
            if case .topOne = function { return ranked.values.first ?? .null }
            return .array(ranked.values.enumerated().map { AggregateState.ranked($0.offset + 1, $0.element) })
        case .collected(let values): return .array(values)
        case .failed(let reason): throw StreamFault(reason)
        }
    }

    private static let rankFields = StreamFields(["rank", "value"])

    private static func ranked(_ rank: Int, _ value: StreamValue) -> StreamValue {
        .record(StreamRecord(AggregateState.rankFields, [.bigint(Int64(rank)), value]))
    }

    private static func deviation(_ function: AggregateFunction, _ moments: Moments) throws(StreamFault) -> StreamValue
    {
        let isPopulation = function == .stdevp || function == .varp
        guard let variance = moments.variance(ofPopulation: isPopulation) else { return .null }
        let isVariance = function == .var || function == .varp
        return try AggregateState.float(isVariance ? variance : variance.squareRoot(), of: "a deviation")
    }

    private static func percentile(_ function: AggregateFunction, _ values: [Double]) -> StreamValue {
        switch function {
        case .percentileCont(let fraction, let isDescending):
            let sorted = isDescending ? values.sorted(by: >) : values.sorted()
            return Percentile.continuous(fraction, of: sorted).map { .float($0) } ?? .null
        case .percentileDisc(let fraction, let isDescending):
            let sorted = isDescending ? values.sorted(by: >) : values.sorted()
            return Percentile.discrete(fraction, of: sorted).map { .float($0) } ?? .null
        case .countRows, .count, .countDistinct, .sum, .avg, .min, .max, .stdev, .stdevp, .var, .varp, .topOne,
            .collect,
            .collectTop:
            return .null
        }
    }

    private static func float(_ value: Double, of what: String) throws(StreamFault) -> StreamValue {
        guard let float = StreamValue.finite(value) else { throw StreamFault("float overflow in \(what)") }
        return float
    }
}
