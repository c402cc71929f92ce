import FleetModel
import TelemetryJSON
import Testing

@Suite("numbers of a recording")
struct NumberTextTests {
    @Test(
        "a JSON number keeps its own bytes",
        arguments: [
            "0", "-0", "2.700", "19.73", "-3.50", "1e5", "1E+05", "0.00476316402316424", "12345678901234567890",
        ]
    )
    func verbatim(text: String) {
        #expect(NumberText.json(Array(text.utf8)[...]).map { String(decoding: $0, as: UTF8.self) } == text)
    }

    @Test(
        "other spellings of a number become the same number in JSON",
        arguments: [
            ("+5", "5"), (".5", "0.5"), ("-.5", "-0.5"), ("5.", "5"), ("007", "7"), ("000", "0"), ("-00.10", "-0.10"),
            ("5.e3", "5e3"), (" 5\t", "5"),
        ]
    )
    func rewritten(text: String, expected: String) {
        #expect(NumberText.json(Array(text.utf8)[...]).map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test(
        "what is no number is left out",
        arguments: [
            "", " ", "-", "+", ".", "-.", "nan", "NaN", "inf", "1e", "1e+", "0x1F", "1,5", "1 2", "--1", "1.2.3", "ok",
        ]
    )
    func refused(text: String) {
        #expect(NumberText.json(Array(text.utf8)[...]) == nil)
    }

    @Test("whatever random text is taken for a number, JSON takes it too, with the same value")
    func fuzz() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("NumberText fuzz seed \(seed)")
        var random = SplitMix64(seed: seed)
        let alphabet = Array("0012379.+-eE x".utf8)
        var taken = 0
        for _ in 0..<50_000 {
            let field = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            guard let number = NumberText.json(field[...]) else { continue }
            taken += 1
            var writer = JSONWriter()
            let isTaken = writer.number(verbatim: number)
            #expect(isTaken, "seed \(seed), field \(field)")
            let text = String(decoding: field.filter { $0 != 0x20 }, as: UTF8.self)
            #expect(Double(text) == Double(String(decoding: number, as: UTF8.self)), "seed \(seed), \(text)")
        }
        #expect(taken > 1_000)
    }
}
