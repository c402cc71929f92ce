import StreamSQL
import Testing

@Suite("percentiles")
struct PercentileTests {
    @Test(
        "PERCENTILE_CONT lies between the nearest values in proportion",
        arguments: [
            (0.0, [1.0, 2, 3], 1.0), (1, [1, 2, 3], 3), (0.5, [1, 2, 3], 2), (0.25, [1, 2, 3], 1.5), (0.5, [7], 7),
            (0.5, [-1.7e308, 1.7e308], 0), (0.9, [0, 10], 9),
        ]
    )
    func continuous(fraction: Double, values: [Double], expected: Double) {
        #expect(Percentile.continuous(fraction, of: values) == expected)
    }

    @Test(
        "PERCENTILE_DISC is the first value whose rank reaches the part",
        arguments: [
            (0.0, [1.0, 2, 3, 4], 1.0), (0.25, [1, 2, 3, 4], 1), (0.26, [1, 2, 3, 4], 2), (0.5, [1, 2, 3, 4], 2),
            (1, [1, 2, 3, 4], 4),
        ]
    )
    func discrete(fraction: Double, values: [Double], expected: Double) {
        #expect(Percentile.discrete(fraction, of: values) == expected)
    }

    @Test("nothing has no percentile")
    func empty() {
        #expect(Percentile.continuous(0.5, of: []) == nil)
        #expect(Percentile.discrete(0.5, of: []) == nil)
    }

    @Test("a compensated sum keeps what doubles round off, whatever was merged")
    func sum() {
        var whole = CompensatedSum()
        var (first, second) = (CompensatedSum(), CompensatedSum())
        for index in 0..<1_000 {
            whole.add(index == 0 ? 1e16 : 1)
            if index < 500 { first.add(index == 0 ? 1e16 : 1) } else { second.add(1) }
        }
        first.merge(second)
        #expect(abs(whole.value - 1e16 - 999) <= 1)
        #expect(first.value == whole.value)
    }
}
