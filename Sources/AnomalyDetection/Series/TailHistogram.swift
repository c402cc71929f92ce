internal import Glibc
internal import TelemetryModel

/// How unusually large a magnitude is among all that were seen: a histogram of eight bins per octave, with a Pareto tail.
///
/// Where enough larger ones were seen, the answer is their share. Above them a power law is fitted to the largest few (Hill's
/// estimate, drawn towards a prior), so that what has never been seen still has a finite p-value, without an assumption about
/// the distribution. 40 octaves around 1; counts are halved when there are 2¹⁶. 680 bytes; about 25 ns a value.
struct TailHistogram: Equatable, Sendable {
    /// What the exponent of the power law is drawn towards: `weight` magnitudes of which the mean logarithm is `1 / exponent`.
    struct Prior: Equatable, Sendable {
        var weight: Double
        var exponent: Double
    }

    private static let octaves = 40
    private static let binCount = TailHistogram.octaves * 8
    private static let blockCount = TailHistogram.binCount / 16
    private static let countMax = 1 << 16
    /// Magnitudes before there is an answer.
    private static let learningCount = 20
    /// The smallest answer.
    private static let probabilityMin = 1e-12

    /// Counts of blocks of 16 bins, then of bins.
    private var counts = [UInt16](repeating: 0, count: TailHistogram.blockCount + TailHistogram.binCount)
    private var count = 0

    /// The bin of a magnitude: eight per octave, linear within it.
    @inline(__always)
    private static func bin(_ magnitude: Double) -> Int {
        guard magnitude > 0 else { return 0 }
        let offset = (127 - TailHistogram.octaves / 2) << 3
        return min(max(Int(Float(magnitude).bitPattern >> 20) - offset, 1), TailHistogram.binCount - 1)
    }

    /// The lower edge of a bin.
    private static func edge(_ bin: Int) -> Double {
        Double(Float(bitPattern: UInt32(bin + ((127 - TailHistogram.octaves / 2) << 3)) << 20))
    }

    /// The largest magnitude counted, as its bin's lower edge; 0 when there is none.
    var largest: Double {
        guard let place = self.counts.lastIndex(where: { $0 > 0 }), place > TailHistogram.blockCount else { return 0 }
        return TailHistogram.edge(place - TailHistogram.blockCount)
    }

    mutating func count(_ magnitude: Double) {
        let bin = TailHistogram.bin(magnitude)
        self.counts[bin >> 4] &+= 1
        self.counts[TailHistogram.blockCount + bin] &+= 1
        self.count += 1
        if self.count == TailHistogram.countMax - 1 { self.halve() }
    }

    /// The probability of a magnitude this large or larger; 1 while fewer than 20 were counted, at least 10⁻¹².
    ///
    /// - Parameters:
    ///   - magnitude: 0 or more.
    ///   - largest: how many of the largest magnitudes the power law is fitted to.
    ///   - prior: what its exponent is drawn towards.
    /// - Returns: the p-value.
    func probability(_ magnitude: Double, largest: Int, prior: Prior) -> Double {
        guard self.count >= TailHistogram.learningCount else { return 1 }
        let bin = TailHistogram.bin(magnitude)
        let above = Double(self.countAbove(bin)) + 0.5 * Double(self.counts[TailHistogram.blockCount + bin])
        let total = Double(self.count + 1)
        guard above < Double(largest), let tail = self.tail(of: largest) else { return (above + 1) / total }
        let exponent = (Double(tail.count) + prior.weight) / (tail.logarithms + prior.weight / prior.exponent)
        let share = Double(tail.count) / total
        return max(share * pow(max(magnitude / tail.edge, 1), -exponent), TailHistogram.probabilityMin)
    }

    /// The magnitude that is larger than all but a share of those counted, and than the `besides` largest.
    func quantile(above share: Double, besides: Int = 0) -> Double {
        var left = share * Double(self.count) + Double(besides)
        for bin in stride(from: TailHistogram.binCount - 1, to: 0, by: -1) {
            left -= Double(self.counts[TailHistogram.blockCount + bin])
            if left < 0 { return TailHistogram.edge(bin + 1) }
        }
        return 0
    }

    private func countAbove(_ bin: Int) -> Int {
        let block = bin >> 4
        return self.counts.withUnsafeBufferPointer { counts in
            var above = 0
            for index in (block + 1)..<max(TailHistogram.blockCount, block + 1) { above &+= Int(counts[index]) }
            let bins = TailHistogram.blockCount + bin + 1..<TailHistogram.blockCount + (block + 1) << 4
            for index in bins { above &+= Int(counts[index]) }
            return above
        }
    }

    /// The largest magnitudes: from which edge on, how many, and Σ ln(magnitude / edge); `nil` when there are not that many.
    private func tail(of wanted: Int) -> (edge: Double, count: Int, logarithms: Double)? {
        var count = 0
        var bin = TailHistogram.binCount
        while count < wanted {
            bin -= 1
            guard bin > 0 else { return nil }
            count += Int(self.counts[TailHistogram.blockCount + bin])
        }
        let edge = TailHistogram.edge(bin)
        var logarithms = 0.0
        for place in bin..<TailHistogram.binCount {
            let count = self.counts[TailHistogram.blockCount + place]
            // 1.045: the middle of a bin.
            if count > 0 { logarithms += Double(count) * log(TailHistogram.edge(place) * 1.045 / edge) }
        }
        return (edge, count, logarithms)
    }

    private mutating func halve() {
        self.count = 0
        for block in 0..<TailHistogram.blockCount {
            var sum: UInt16 = 0
            for place in TailHistogram.blockCount + block << 4..<TailHistogram.blockCount + (block + 1) << 4 {
                // What is there once stays: the largest are the rarest.
                self.counts[place] = (self.counts[place] + 1) / 2
                sum += self.counts[place]
            }
            self.counts[block] = sum
            self.count += Int(sum)
        }
    }
}

extension TailHistogram {
    /// Pairs of bin and count.
    func snapshot(into state: inout StateWriter) {
        for bin in 0..<TailHistogram.binCount where self.counts[TailHistogram.blockCount + bin] > 0 {
            state.write(UInt64(bin) << 16 | UInt64(self.counts[TailHistogram.blockCount + bin]))
        }
        state.write(UInt64.max)
    }

    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        var next = 0
        while true {
            let pair = try state.readUInt64()
            guard pair != .max else { break }
            let bin = Int(truncatingIfNeeded: pair >> 16)
            let count = Int(pair & 0xFFFF)
            guard pair >> 16 < UInt64(TailHistogram.binCount), bin >= next, count > 0,
                self.count + count < TailHistogram.countMax - 1
            else { throw state.fault }
            next = bin + 1
            self.counts[TailHistogram.blockCount + bin] = UInt16(count)
            self.counts[bin >> 4] += UInt16(count)
            self.count += count
        }
    }
}
