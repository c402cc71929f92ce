package import TelemetryModel

/// The last values of a series with their times, kept in order of time and of size at once.
///
/// Bounded: ``capacity`` values, about 1.2 KiB. Adding a value costs two searches and one move among 64 bytes.
package struct ValueHistory: Equatable, Sendable {
    /// Values kept.
    package static let capacity = 64

    /// Ring of values; once full, `next` is the oldest.
    private var values: [Double] = []
    /// Milliseconds since 1970 of each value in `values`.
    private var times: [Int64] = []
    /// Places in `values`, smallest value first.
    private var order: [UInt8] = []
    private var next = 0

    package init() {
        self.values.reserveCapacity(ValueHistory.capacity)
        self.times.reserveCapacity(ValueHistory.capacity)
        self.order.reserveCapacity(ValueHistory.capacity)
    }

    package var count: Int { self.values.count }

    /// The newest value; `nil` when empty.
    package var last: Double? {
        self.values.isEmpty ? nil : self.values[(self.next + self.values.count - 1) % self.values.count]
    }

    /// Takes a finite value in, and the oldest out when full.
    package mutating func append(_ value: Double, at time: Timestamp) {
        if self.values.count < ValueHistory.capacity {
            let place = UInt8(self.values.count)
            self.values.append(value)
            self.times.append(time.milliseconds)
            self.order.insert(place, at: self.rank(of: value))
            return
        }
        let place = UInt8(self.next)
        if let old = self.order.firstIndex(of: place) { self.order.remove(at: old) }
        self.order.insert(place, at: self.rank(of: value))
        self.values[self.next] = value
        self.times[self.next] = time.milliseconds
        self.next = (self.next + 1) % ValueHistory.capacity
    }

    package mutating func removeAll() {
        self.values.removeAll(keepingCapacity: true)
        self.times.removeAll(keepingCapacity: true)
        self.order.removeAll(keepingCapacity: true)
        self.next = 0
    }

    /// The value that `fraction` of the kept ones do not exceed, interpolated; 0.5 is the median. Not for an empty history.
    package func quantile(_ fraction: Double) -> Double {
        let position = fraction * Double(self.order.count - 1)
        let lower = Int(position)
        let upper = min(lower + 1, self.order.count - 1)
        let (low, high) = (self.values[Int(self.order[lower])], self.values[Int(self.order[upper])])
        let weight = position - Double(lower)
        return low * (1 - weight) + high * weight  // high - low could overflow
    }

    /// Count, mean, extremes and times of what is kept; `nil` when empty.
    package var summary: HistorySummary? {
        guard let first = self.order.first, let last = self.order.last, let start = self.times.min(),
            let end = self.times.max()
        else { return nil }
        return HistorySummary(
            start: Timestamp(milliseconds: start),
            end: Timestamp(milliseconds: end),
            count: self.values.count,
            mean: self.mean,
            min: self.values[Int(first)],
            max: self.values[Int(last)]
        )
    }

    /// Summed by size, so that it is the same after a restore, with compensation (Neumaier 1974); shares cannot overflow.
    private var mean: Double {
        let count = Double(self.count)
        var sum = 0.0
        var compensation = 0.0
        for place in self.order {
            let share = self.values[Int(place)] / count
            let total = sum + share
            compensation += abs(sum) >= abs(share) ? (sum - total) + share : (share - total) + sum
            sum = total
        }
        return sum + compensation
    }

    /// Where the value belongs in `order`, after its equals.
    private func rank(of value: Double) -> Int {
        var low = 0
        var high = self.order.count
        while low < high {
            let middle = (low + high) / 2
            if self.values[Int(self.order[middle])] <= value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension ValueHistory {
    package func write(to state: inout StateWriter) {
        state.write(self.count)
        for index in 0..<self.count {
            let place = (self.next + index) % self.count
            state.write(self.values[place])
            state.write(self.times[place])
        }
    }

    package init(reading state: inout StateReader) throws(StateReader.Fault) {
        self.init()
        let count = try state.readCount(ofSize: 16)
        guard count <= ValueHistory.capacity else { throw state.fault }
        for _ in 0..<count {
            let value = try state.readDouble()
            guard value.isFinite else { throw state.fault }
            self.append(value, at: Timestamp(milliseconds: try state.readInt64()))
        }
    }
}
