internal import TelemetryModel

/// The last values of a series, and the share of their adaptive kernel density that lies above a new one.
///
/// Every value carries a Gaussian kernel as wide as the standard deviation of all of them (bandwidth b = √2 σ, at least 10⁻⁶):
/// p = Σ erfc((s − v) / b) / 2n. Instead of n kernels it sums one per occupied bin, an eighth of a σ wide, by the bin's count,
/// mean and variance; the few values beyond 8 σ keep their own. Against the literal sum p is within a thousandth of itself.
///
/// ```
///  ring      v v v v v v … v     the values, for leaving the history in order
///  bins      ▁ ▂ ▅ █ ▆ ▃ ▁       σ/8 wide, 128 of them around the mean: count, Σ and Σ² from the bin's middle
///  outside   v          v        beyond the bins: at most n/64 of n, by Chebyshev
/// ```
/// The bins are laid out anew, in O(n), when σ has changed by a quarter, the mean by 2 σ, or all values have been replaced.
/// Eight bytes per value and 3 KiB; about 0.5 µs per value.
struct KernelHistory: Equatable, Sendable {
    /// Larger magnitudes are taken as this, so that sums of squares stay finite.
    static let magnitudeMax = 1e120
    private static let binCount = 128
    private static let binsPerDeviation = 8.0
    private static let bandwidthMin = 1e-6

    /// Values kept when full.
    let capacity: Int
    private var values: [Double] = []
    /// Place in `values` of the oldest, once full.
    private var next = 0
    /// What sums are relative to, against cancellation.
    private var middle = 0.0
    private var sum = 0.0
    private var sumOfSquares = 0.0
    private var width = 1.0
    /// The deviation when the bins were laid out.
    private var layoutDeviation = 0.0
    private var sinceLayout = 0
    private var counts = [Int32](repeating: 0, count: KernelHistory.binCount)
    private var sums = [Double](repeating: 0, count: KernelHistory.binCount)
    private var squares = [Double](repeating: 0, count: KernelHistory.binCount)
    private var outside: [Double] = []

    init(capacity: Int) {
        self.capacity = capacity
        self.values.reserveCapacity(capacity)
    }

    var isFull: Bool { self.values.count == self.capacity }

    /// √2 σ of what is kept.
    private var bandwidth: Double {
        let count = Double(self.values.count)
        let spread = max(self.sumOfSquares - self.sum * self.sum / count, 0)
        return max((2 * spread / count).squareRoot(), KernelHistory.bandwidthMin)
    }

    /// The share of the density above `value`; a half when nothing is kept.
    func shareAbove(_ value: Double) -> Double {
        guard !self.values.isEmpty else { return 0.5 }
        let table = KernelTable.shared
        let perBandwidth = 1 / self.bandwidth
        var total = 0.0
        for bin in 0..<KernelHistory.binCount where self.counts[bin] > 0 {
            let count = Double(self.counts[bin])
            let mean = self.sums[bin] / count
            let spread = max(self.squares[bin] / count - mean * mean, 0)
            let x = (value - (self.binMiddle(bin) + mean)) * perBandwidth
            let (tail, slope) = table.tail(at: x)
            // The mean of the kernel's tail over the bin, to second order.
            total += count * (tail + x * slope * spread * perBandwidth * perBandwidth)
        }
        for other in self.outside { total += table.tail(at: (value - other) * perBandwidth).tail }
        return min(max(total / Double(self.values.count), 0), 1)
    }

    /// Takes a finite value in, and the oldest out when full.
    mutating func append(_ value: Double) {
        if self.isFull {
            let old = self.values[self.next]
            self.count(old, by: -1)
            self.values[self.next] = value
            self.next = self.next + 1 == self.capacity ? 0 : self.next + 1
        } else {
            self.values.append(value)
        }
        self.count(value, by: 1)
        self.sinceLayout += 1
        if self.needsLayout { self.layOut() }
    }

    private var needsLayout: Bool {
        let deviation = self.bandwidth / 2.0.squareRoot()
        return self.sinceLayout >= self.capacity || deviation > self.layoutDeviation * 1.25
            || deviation < self.layoutDeviation * 0.8
            || abs(self.sum) > 2 * deviation * Double(self.values.count)
    }

    /// Lays the bins out around the present mean and counts all values anew, which also ends what rounding has added up.
    private mutating func layOut() {
        // Halves of shares: the sum of large values would overflow.
        let count = Double(self.values.count)
        self.middle = self.values.reduce(0) { $0 + $1 / count }
        (self.sum, self.sumOfSquares) = (0, 0)
        for value in self.values {
            let offset = value - self.middle
            self.sum += offset
            self.sumOfSquares += offset * offset
        }
        self.layoutDeviation = self.bandwidth / 2.0.squareRoot()
        self.width = self.layoutDeviation / KernelHistory.binsPerDeviation
        self.sinceLayout = 0
        self.outside.removeAll(keepingCapacity: true)
        for bin in 0..<KernelHistory.binCount { (self.counts[bin], self.sums[bin], self.squares[bin]) = (0, 0, 0) }
        for value in self.values { self.bin(value, by: 1) }
    }

    private mutating func count(_ value: Double, by sign: Double) {
        let offset = value - self.middle
        self.sum += sign * offset
        self.sumOfSquares += sign * offset * offset
        self.bin(value, by: sign)
    }

    private mutating func bin(_ value: Double, by sign: Double) {
        let place = (value - self.middle) / self.width + Double(KernelHistory.binCount / 2)
        guard place >= 0, place < Double(KernelHistory.binCount) else {
            if sign > 0 {
                self.outside.append(value)
            } else if let index = self.outside.firstIndex(of: value) {
                self.outside.swapAt(index, self.outside.count - 1)
                self.outside.removeLast()
            }
            return
        }
        let bin = Int(place)
        self.counts[bin] += sign > 0 ? 1 : -1
        guard self.counts[bin] > 0 else {
            (self.sums[bin], self.squares[bin]) = (0, 0)
            return
        }
        let offset = value - self.binMiddle(bin)
        self.sums[bin] += sign * offset
        self.squares[bin] += sign * offset * offset
    }

    private func binMiddle(_ bin: Int) -> Double {
        self.middle + (Double(bin - KernelHistory.binCount / 2) + 0.5) * self.width
    }
}

extension KernelHistory {
    /// All fields, because a sum depends on the order it was made in.
    func snapshot(into state: inout StateWriter) {
        state.write(self.capacity)
        state.write(self.values)
        state.write(self.next)
        for field in [self.middle, self.sum, self.sumOfSquares, self.width, self.layoutDeviation] { state.write(field) }
        state.write(self.sinceLayout)
        for bin in 0..<KernelHistory.binCount where self.counts[bin] > 0 {
            state.write(bin)
            state.write(self.sums[bin])
            state.write(self.squares[bin])
        }
        state.write(-1)
        state.write(self.outside)
    }

    /// Reads what ``snapshot(into:)`` wrote.
    ///
    /// - Throws: The fault's place, when the bytes end early or say what cannot be; counts are made from the values.
    init(restoring state: inout StateReader, capacities: ClosedRange<Int>) throws(StateReader.Fault) {
        let capacity = try state.readInt64()
        guard let exact = Int(exactly: capacity), capacities.contains(exact) else { throw state.fault }
        self.init(capacity: exact)
        let values = try state.readDoubles()
        guard values.count <= exact, values.allSatisfy({ abs($0) <= KernelHistory.magnitudeMax }) else {
            throw state.fault
        }
        self.values += values
        let next = try state.readInt64()
        guard next >= 0, next < exact, next == 0 || values.count == exact else { throw state.fault }
        self.next = Int(next)
        self.middle = try state.readDouble()
        self.sum = try state.readDouble()
        self.sumOfSquares = try state.readDouble()
        self.width = try state.readDouble()
        self.layoutDeviation = try state.readDouble()
        let since = try state.readInt64()
        guard self.middle.isFinite, self.sum.isFinite, self.sumOfSquares.isFinite, self.width > 0, self.width.isFinite,
            self.layoutDeviation >= 0, self.layoutDeviation.isFinite, since >= 0, since < exact
        else { throw state.fault }
        self.sinceLayout = Int(since)
        for value in values { self.bin(value, by: 1) }
        for bin in 0..<KernelHistory.binCount where self.counts[bin] > 0 {
            guard try state.readInt64() == Int64(bin) else { throw state.fault }
            self.sums[bin] = try state.readDouble()
            self.squares[bin] = try state.readDouble()
            guard self.sums[bin].isFinite, self.squares[bin].isFinite else { throw state.fault }
        }
        guard try state.readInt64() == -1 else { throw state.fault }
        let outside = try state.readDoubles()
        guard outside.sorted() == self.outside.sorted() else { throw state.fault }
        self.outside = outside
    }
}
