internal import TelemetryModel

/// How long a device is usually quiet between two records: a histogram of half octaves from a millisecond to six weeks, 160 bytes.
///
/// Counts are halved when there are 16,384, so that old habits fade.
struct GapHistogram: Equatable, Sendable {
    private static let binCount = 64
    private static let totalMax = 16_384

    private var bins = [UInt16](repeating: 0, count: GapHistogram.binCount)
    private(set) var total = 0
    /// The gap that half of them exceed, in milliseconds: a twentieth towards each new one. 0 before the first.
    private(set) var usual = 0.0

    /// Takes a gap in milliseconds; at least 1 counts.
    mutating func observe(_ gap: Double) {
        let gap = max(gap, 1)
        self.bins[GapHistogram.bin(of: gap)] += 1
        self.total += 1
        if self.usual == 0 {
            self.usual = gap
        } else {
            self.usual = gap > self.usual ? min(self.usual * 1.05, gap) : max(self.usual / 1.05, gap)
        }
        guard self.total >= GapHistogram.totalMax else { return }
        for place in self.bins.indices { self.bins[place] /= 2 }
        self.total = self.bins.reduce(0) { $0 + Int($1) }
    }

    /// The upper edge, in milliseconds, of the bin above which fewer than `share` of the gaps are; 0 when there are none.
    func size(exceededBy share: Double) -> Double {
        guard self.total > 0 else { return 0 }
        let allowed = Double(self.total) * share
        var above = 0.0
        var place = GapHistogram.binCount - 1
        while place > 0 {
            above += Double(self.bins[place])
            if above > allowed { break }
            place -= 1
        }
        return GapHistogram.edge(above: place)
    }

    /// The share of gaps that are in the bin of `gap` or above; never 0, since the next one may be the first.
    func share(atLeast gap: Double) -> Double {
        let above = self.bins[GapHistogram.bin(of: max(gap, 1))...].reduce(0) { $0 + Int($1) }
        return Double(above + 1) / Double(self.total + 1)
    }

    private static func bin(of gap: Double) -> Int {
        let gap = min(gap, 4_294_967_295)
        let octave = Int(gap.exponent)
        let isUpperHalf = gap.significand >= 1.414_213_562_373_095_1
        return min(octave * 2 + (isUpperHalf ? 1 : 0), GapHistogram.binCount - 1)
    }

    private static func edge(above place: Int) -> Double {
        let octave = Double(sign: .plus, exponent: (place + 1) / 2, significand: 1)
        return place % 2 == 0 ? octave * 1.414_213_562_373_095_1 : octave
    }

    func snapshot(into state: inout StateWriter) {
        // Two bytes would do; eight keep one way of writing.
        for count in self.bins { state.write(Int(count)) }
        state.write(self.usual)
    }
}

extension GapHistogram {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        for place in 0..<GapHistogram.binCount {
            self.bins[place] = UInt16(try state.readTally(atMost: GapHistogram.totalMax))
        }
        self.total = self.bins.reduce(0) { $0 + Int($1) }
        guard self.total < GapHistogram.totalMax else { throw state.fault }
        self.usual = try state.readSize()
    }
}
