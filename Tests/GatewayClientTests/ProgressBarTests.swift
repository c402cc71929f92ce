import GatewayClient
import Testing

@Suite("The progress bar")
struct ProgressBarTests {
    @Test(
        "a bar shows part, percent and counts",
        arguments: [
            (0, 10, "import  [------------------------------]   0%  0 of 10"),
            (5, 10, "import  [###############---------------]  50%  5 of 10"),
            (10_000, 10_000, "import  [##############################] 100%  10,000 of 10,000"),
            (11, 10, "import  [##############################] 100%  11 of 10"),
            (1_234_567, nil, "import  1,234,567"), (3, 0, "import  3"),
        ] as [(Int, Int?, String)]
    )
    func line(done: Int, total: Int?, expected: String) {
        #expect(ProgressBar.line(title: "import", done: done, total: total) == expected)
    }

    @Test("words follow the counts")
    func detail() {
        #expect(ProgressBar.line(title: "t", done: 1, total: nil, detail: "2 failed") == "t  1  2 failed")
    }

    @Test("thousands are parted", arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")])
    func grouped(number: Int, text: String) {
        #expect(ProgressBar.grouped(number) == text)
    }
}
