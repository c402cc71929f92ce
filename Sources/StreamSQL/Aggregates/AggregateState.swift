/// What an aggregate remembers of a pane's rows: taken in row by row, merged pane by pane in the order of time, so that the same
/// rows give the same bits.
package enum AggregateState: Sendable {
    case count(Int64)
    case distinct(DistinctValues)
    case sum(NumberSum)
    case mean(CompensatedSum, count: Int64)
    /// `NULL` before the first value.
    case least(StreamValue)
    case greatest(StreamValue)
    case moments(Moments)
    case values([Double])
    case top(RankedValues)
    case collected([StreamValue])
    /// There is no result, for this reason.
    case failed(String)

    /// The state before any row.
    package init(_ function: AggregateFunction) {
        switch function {
        case .countRows, .count: self = .count(0)
        case .countDistinct: self = .distinct(DistinctValues())
        case .sum: self = .sum(NumberSum())
        case .avg: self = .mean(CompensatedSum(), count: 0)
        case .min: self = .least(.null)
        case .max: self = .greatest(.null)
        case .stdev, .stdevp, .var, .varp: self = .moments(Moments())
        case .percentileCont, .percentileDisc: self = .values([])
        case .topOne: self = .top(RankedValues(limit: 1))
        case .collectTop(let limit): self = .top(RankedValues(limit: limit))
        case .collect: self = .collected([])
        }
    }

    /// Takes in a row's value, which ``AggregateFunction/fault(of:)`` has let through.
    ///
    /// - Parameters:
    ///   - value: The argument; anything but `NULL` of `COUNT(*)`.
    ///   - order: The values of `ORDER BY`.
    ///   - limit: Most values kept.
    /// - Returns: Bytes by which the state grew, about.
    @inline(__always)
    package mutating func add(_ value: StreamValue, order: [StreamValue], limit: Int) -> Int {
        switch self {
        case .count(let count):
            if !value.isNull { self = .count(count + 1) }
            return 0
        case .mean(var sum, let count):
            guard let number = value.number else { return 0 }
            sum.add(number)
            self = .mean(sum, count: count + 1)
            return 0
        case .sum(var sum):
            switch value {
            case .bigint(let number): sum.add(number)
            case .float(let number): sum.add(number)
            case .null, .bit, .nvarchar, .datetime, .record, .array: return 0
            }
            self = .sum(sum)
            return 0
        case .moments(var moments):
            guard let number = value.number else { return 0 }
            moments.add(number)
            self = .moments(moments)
            return 0
        case .least(let extreme):
            if AggregateState.isBefore(value, extreme) { self = .least(value) }
            return 0
        case .greatest(let extreme):
            if !value.isNull, extreme.isNull || AggregateState.isBefore(extreme, value) { self = .greatest(value) }
            return 0
        case .distinct, .values, .top, .collected, .failed:
            return self.keep(value, order: order, limit: limit)
        }
    }

    /// Takes in what a later pane remembers.
    package mutating func merge(_ other: AggregateState, limit: Int) {
        switch (consume self, other) {
        case (.failed(let reason), _), (_, .failed(let reason)): self = .failed(reason)
        case (.count(let a), .count(let b)): self = .count(a + b)
        case (.mean(var sum, let a), .mean(let other, let b)):
            sum.merge(other)
            self = .mean(sum, count: a + b)
        case (.sum(var sum), .sum(let other)):
            sum.merge(other)
            self = .sum(sum)
        case (.moments(var moments), .moments(let other)):
            moments.merge(other)
            self = .moments(moments)
        case (.least(let a), .least(let b)): self = .least(AggregateState.isBefore(b, a) ? b : a)
        case (.greatest(let a), .greatest(let b)):
            self = .greatest(a.isNull || (!b.isNull && AggregateState.isBefore(a, b)) ? b : a)
        case (.distinct(var values), .distinct(let other)):
            values.merge(other)
            self = values.count > limit ? .tooMany(limit) : .distinct(values)
        case (.values(var values), .values(let other)):
            values += other
            self = values.count > limit ? .tooMany(limit) : .values(values)
        case (.top(var ranked), .top(let other)):
            ranked.merge(other)
            self = .top(ranked)
        case (.collected(var values), .collected(let other)):
            values += other
            self = values.count > limit ? .tooMany(limit) : .collected(values)
        case (.count, _), (.mean, _), (.sum, _), (.moments, _), (.least, _), (.greatest, _), (.distinct, _),
            (.values, _), (.top, _), (.collected, _):
            self = .failed("panes of different aggregates")
        }
    }

    private mutating func keep(_ value: StreamValue, order: [StreamValue], limit: Int) -> Int {
        switch consume self {
        case .distinct(var values):
            let before = values.byteCount
            if !value.isNull { values.add(value) }
            let growth = values.byteCount - before
            self = values.count > limit ? .tooMany(limit) : .distinct(values)
            return growth
        case .values(var values):
            if let number = value.number { values.append(number) }
            self = values.count > limit ? .tooMany(limit) : .values(values)
            return 8
        case .top(var ranked):
            ranked.add(value, order: order)
            self = .top(ranked)
            return value.byteCount
        case .collected(var values):
            values.append(value)
            self = values.count > limit ? .tooMany(limit) : .collected(values)
            return value.byteCount
        case let other:
            self = other
            return 0
        }
    }

    private static func tooMany(_ limit: Int) -> AggregateState {
        .failed("more than \(limit) values in one group")
    }

    /// Whether the first is not `NULL` and less, or the second is `NULL`.
    @inline(__always)
    private static func isBefore(_ left: StreamValue, _ right: StreamValue) -> Bool {
        if case .float(let a) = left, case .float(let b) = right { return a < b }
        if left.isNull { return false }
        return right.isNull || StreamValue.order(left, right) < 0
    }
}

extension AggregateFunction {
    /// Why a value cannot be taken in; asked of all aggregates of a row before any takes its value.
    @inline(__always)
    func fault(of value: StreamValue) -> StreamFault? {
        switch value {
        case .null, .bigint, .float: return nil
        case .bit, .nvarchar, .datetime, .record, .array: break
        }
        switch self {
        case .countRows, .count, .countDistinct, .min, .max, .topOne, .collect, .collectTop: return nil
        case .sum, .avg, .stdev, .stdevp, .var, .varp, .percentileCont, .percentileDisc:
            return StreamFault("\(self) wants numbers and got \(value.faultText)")
        }
    }
}

extension StreamValue {
    /// Bytes of memory it takes, about.
    package var byteCount: Int {
        switch self {
        case .null, .bit, .bigint, .float, .datetime: 24
        case .nvarchar(let text): 24 + text.utf8.count
        case .array(let elements): elements.reduce(48) { $0 + $1.byteCount }
        case .record(let record): record.values.reduce(64) { $0 + $1.byteCount }
        }
    }
}
