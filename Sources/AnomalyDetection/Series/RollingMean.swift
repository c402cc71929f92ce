internal import TelemetryModel

/// The mean of the last few numbers.
struct RollingMean: Equatable, Sendable {
    private let capacity: Int
    private var values: [Double] = []
    private var next = 0
    private var sum = 0.0

    init(capacity: Int) {
        self.capacity = capacity
        self.values.reserveCapacity(capacity)
    }

    /// Takes a finite number in, the oldest out when full, and returns the mean.
    mutating func append(_ value: Double) -> Double {
        if self.values.count < self.capacity {
            self.values.append(value)
            self.sum += value
        } else {
            self.sum += value - self.values[self.next]
            self.values[self.next] = value
            self.next += 1
            if self.next == self.capacity {
                self.next = 0
                self.sum = self.values.reduce(0, +)  // ends what rounding has added up
            }
        }
        return self.sum / Double(self.values.count)
    }

    func snapshot(into state: inout StateWriter) {
        state.write(self.values)
        state.write(self.next)
        state.write(self.sum)
    }

    init(restoring state: inout StateReader, capacity: Int) throws(StateReader.Fault) {
        self.init(capacity: capacity)
        let values = try state.readDoubles()
        let next = try state.readInt64()
        let sum = try state.readDouble()
        guard values.count <= capacity, values.allSatisfy({ $0.isFinite }), sum.isFinite,
            next == 0 || (values.count == capacity && (0..<Int64(capacity)).contains(next))
        else { throw state.fault }
        self.values += values
        self.next = Int(next)
        self.sum = sum
    }
}
