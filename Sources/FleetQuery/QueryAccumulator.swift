internal import TelemetryJSON

/// One aggregate over the values it was given.
struct QueryAccumulator {
    private let aggregate: QueryAggregate
    /// Of `COUNT` documents, else numbers.
    private var count: Int64 = 0
    /// The integers' sum while it fits; beyond, ``realSum`` takes over what it held.
    private var wholeSum: Int64 = 0
    private var realSum = 0.0
    private var isWhole = true
    /// The smallest or greatest so far.
    private var number: JSONValue?
    private var text: String?

    init(_ aggregate: QueryAggregate) {
        self.aggregate = aggregate
    }

    /// Takes one document's value.
    mutating func add(_ value: QueryValue) {
        switch self.aggregate {
        case .count: self.count += 1
        case .sum, .average: self.addNumber(value)
        case .min: self.compare(value) { $0 < 0 }
        case .max: self.compare(value) { $0 > 0 }
        }
    }

    /// The aggregate; undefined when there was nothing to aggregate, or when it overflowed.
    var result: QueryValue {
        switch self.aggregate {
        case .count: return .integer(self.count)
        case .sum:
            guard self.count > 0 else { return nil }
            return self.isWhole ? .integer(self.wholeSum) : QueryArithmetic.finite(Double(self.wholeSum) + self.realSum)
        case .average:
            guard self.count > 0 else { return nil }
            return QueryArithmetic.finite((Double(self.wholeSum) + self.realSum) / Double(self.count))
        case .min, .max:
            return self.number ?? self.text.map { .string($0) }
        }
    }

    private mutating func addNumber(_ value: QueryValue) {
        switch value {
        case .integer(let value)?:
            let sum = self.wholeSum.addingReportingOverflow(value)
            if sum.overflow {
                self.realSum += Double(self.wholeSum)
                self.wholeSum = value
                self.isWhole = false
            } else {
                self.wholeSum = sum.partialValue
            }
        case .number(let value)?:
            self.realSum += value
            self.isWhole = false
        default:
            return
        }
        self.count += 1
    }

    private mutating func compare(_ value: QueryValue, isBetter: (Int) -> Bool) {
        switch value {
        case .string(let text)?:
            if let best = self.text, !isBetter(QueryComparison.order(text, best)) { return }
            self.text = text
        case .integer?, .number?:
            guard let value else { return }
            if let best = self.number, let order = QueryComparison.order(value, best), !isBetter(order) { return }
            self.number = value
        default:
            return
        }
    }
}
