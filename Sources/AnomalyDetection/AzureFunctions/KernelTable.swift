internal import Glibc

/// The complementary error function on −7…7, from a table with a cubic Taylor step: relative error under 3·10⁻⁶.
///
/// Libm's takes 20 ns and more; a kernel estimate needs fifty of them for each value.
struct KernelTable: Sendable {
    static let shared = KernelTable()

    /// Steps per unit.
    private static let resolution = 64.0
    /// Beyond it, erfc is below 10⁻²² or above 2 − 10⁻²².
    private static let limit = 7.0
    private let tail: [Double]
    private let slope: [Double]

    private init() {
        let places = (0...Int(2 * KernelTable.limit * KernelTable.resolution)).map { step in
            Double(step) / KernelTable.resolution - KernelTable.limit
        }
        self.tail = places.map { erfc($0) / 2 }
        self.slope = places.map { exp(-$0 * $0) / Double.pi.squareRoot() }
    }

    /// `erfc(x) / 2`, the share of a kernel that lies above `x` bandwidths, and −1 × its derivative.
    @inline(__always)
    func tail(at x: Double) -> (tail: Double, slope: Double) {
        guard x > -KernelTable.limit else { return (1, 0) }
        guard x < KernelTable.limit else { return (0, 0) }
        let place = ((x + KernelTable.limit) * KernelTable.resolution).rounded()
        let index = Int(place)
        let near = place / KernelTable.resolution - KernelTable.limit
        let step = x - near
        let slope = self.slope[index]
        // tail' = −slope, slope' = −2x·slope, slope'' = (4x² − 2)·slope.
        let curve = (2 * near * near - 1) * slope
        let tail = self.tail[index] - step * (slope - step * (near * slope - step * curve / 3))
        return (max(tail, 0), max(slope - step * (2 * near * slope - step * curve), 0))
    }
}
