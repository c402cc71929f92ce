import AnomalyDetection
import Testing

@Suite("numbers as people read them")
struct DecimalTextTests {
    @Test(
        "so many decimals as tell a tenth of the width apart",
        arguments: [
            (33, 0), (10, 0), (9.9, 1), (3.3, 1), (1, 1), (0.5, 2), (0.01, 3), (1e-30, 12), (0, 2), (.infinity, 2),
            (1e300, 0),
        ] as [(Double, Int)]
    )
    func decimals(width: Double, expected: Int) {
        #expect(DecimalText.decimals(forWidth: width) == expected)
    }

    @Test(
        "rounded, with all its decimals",
        arguments: [
            (24.86, 1, "24.9"), (24.9, 2, "24.90"), (-0.04, 1, "0.0"), (-0.05, 2, "-0.05"), (0.005, 2, "0.01"),
            (99.996, 2, "100.00"),
            (-12.5, 0, "-13"), (7, 3, "7.000"), (1e300, 2, "1e+300"), (9e15, 2, "9000000000000000.0"),
            (1e17, 2, "1e+17"), (1.062, 2, "1.06"),
            (0, 0, "0"),
        ] as [(Double, Int, String)]
    )
    func texts(value: Double, decimals: Int, expected: String) {
        #expect(DecimalText.text(value, decimals: decimals) == expected)
    }
}
