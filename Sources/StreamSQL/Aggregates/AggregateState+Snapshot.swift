package import TelemetryModel

extension AggregateState {
    package func snapshot(into state: inout StateWriter) {
        switch self {
        case .count(let count):
            state.write(0)
            state.write(count)
        case .distinct(let values):
            state.write(1)
            values.snapshot(into: &state)
        case .sum(let sum):
            state.write(2)
            sum.snapshot(into: &state)
        case .mean(let sum, let count):
            state.write(3)
            sum.snapshot(into: &state)
            state.write(count)
        case .least(let value):
            state.write(4)
            value.write(to: &state)
        case .greatest(let value):
            state.write(5)
            value.write(to: &state)
        case .moments(let moments):
            state.write(6)
            moments.snapshot(into: &state)
        case .values(let values):
            state.write(7)
            state.write(values)
        case .top(let ranked):
            state.write(8)
            ranked.snapshot(into: &state)
        case .collected(let values):
            state.write(9)
            StreamValue.writeAll(values, to: &state)
        case .failed(let reason):
            state.write(10)
            state.write(reason.utf8)
        }
    }

    package init(restoring state: inout StateReader) throws(StateReader.Fault) {
        switch try state.readInt64() {
        case 0: self = .count(try state.readInt64())
        case 1: self = .distinct(try DistinctValues(restoring: &state))
        case 2: self = .sum(try NumberSum(restoring: &state))
        case 3: self = .mean(try CompensatedSum(restoring: &state), count: try state.readInt64())
        case 4: self = .least(try StreamValue(reading: &state))
        case 5: self = .greatest(try StreamValue(reading: &state))
        case 6: self = .moments(try Moments(restoring: &state))
        case 7: self = .values(try state.readDoubles())
        case 8: self = .top(try RankedValues(restoring: &state))
        case 9: self = .collected(try StreamValue.readAll(&state))
        case 10: self = .failed(String(decoding: try state.readBytes(), as: UTF8.self))
        default: throw state.fault
        }
    }
}

extension StreamValue {
    /// Writes several values with their number.
    static func writeAll(_ values: [StreamValue], to state: inout StateWriter) {
        state.write(values.count)
        for value in values { value.write(to: &state) }
    }

    /// Reads what ``writeAll(_:to:)`` wrote.
    static func readAll(_ state: inout StateReader) throws(StateReader.Fault) -> [StreamValue] {
        var values: [StreamValue] = []
        for _ in 0..<(try state.readCount(ofSize: 8)) { values.append(try StreamValue(reading: &state)) }
        return values
    }
}
