import EdgeCore
import Testing

@Suite("lines that repeat are collapsed")
struct RepeatFilterTests {
    private static func written(_ texts: [String]) -> [String] {
        var filter = RepeatFilter()
        return texts.flatMap { filter.lines(for: RepeatFilter.Line(.warning, $0)) }.map(\.text)
    }

    @Test(
        "only lines in a row are the same, and how many there were is said when another comes",
        arguments: [
            (["a"], ["a"]), (["a", "b", "a"], ["a", "b", "a"]), (["a", "a"], ["a"]),
            (["a", "a", "b"], ["a", "the last line came 2 times", "b"]),
            (["a", "a", "a", "b", "b"], ["a", "the last line came 3 times", "b"]),
        ]
    )
    func collapsed(texts: [String], expected: [String]) {
        #expect(Self.written(texts) == expected)
    }

    @Test("a line that never ends is told at 10, 100 and 1,000")
    func endless() {
        let many = Array(repeating: "a", count: 1_234)
        let told = [10, 100, 1_000].map { "the last line came \($0) times" }
        #expect(Self.written(many) == ["a"] + told)
        #expect(Self.written(many + ["b"]) == ["a"] + told + ["the last line came 1234 times", "b"])
    }

    @Test("the same text at another level is another line")
    func levels() {
        var filter = RepeatFilter()
        let lines = [LogLevel.warning, .error, .error].flatMap { filter.lines(for: RepeatFilter.Line($0, "a")) }
        #expect(lines == [RepeatFilter.Line(.warning, "a"), RepeatFilter.Line(.error, "a")])
    }
}
