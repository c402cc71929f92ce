import StreamSQL
import TelemetryModel
import TestSupport
import Testing

@Suite("parser: any text is read or refused")
struct SQLParserTests {
    @Test("a valid query is checked, and what is printed of it reads back as the same", arguments: ValidQueries.all)
    func roundTrip(query: String) throws {
        _ = try QueryPlan(query)
        let script = try SQLParser.script(query)
        let again = try SQLParser.script(script.description)
        #expect(again == script, "\(script)")
        #expect(again.description == script.description)
    }

    @Test(
        "operators bind as in T-SQL, and parentheses come back only where they are needed",
        arguments: [
            ("a + b * c", "a + b * c"),
            ("(a + b) * c", "(a + b) * c"),
            ("(a * b) + c", "a * b + c"),
            ("a - (b - c)", "a - (b - c)"),
            ("a - b - c", "a - b - c"),
            ("NOT a = 1 AND b = 2 OR c", "NOT a = 1 AND b = 2 OR c"),
            ("NOT (a = 1 AND b = 2)", "NOT (a = 1 AND b = 2)"),
            ("(a OR b) AND c", "(a OR b) AND c"),
            ("-(a + b)", "-(a + b)"),
            ("(a IS NULL) = (b IS NULL)", "(a IS NULL) = (b IS NULL)"),
            ("a BETWEEN b + 1 AND c AND d", "a BETWEEN b + 1 AND c AND d"),
            ("f(a).b[0]", "f(a).b[0]"),
            ("[a].[order]", "a.[order]"),
        ]
    )
    func precedence(text: String, printed: String) throws {
        #expect(try SQLParser.expression(text).description == printed)
    }

    @Test("words that begin clauses are still names of columns")
    func softKeywords() throws {
        let plan = try QueryPlan("SELECT timestamp, partition, apply, duration, a.end FROM t WHERE desc > 1")
        #expect(plan.steps[0].columns == ["timestamp", "partition", "apply", "duration", "end"])
    }

    @Test("3,000 damaged queries are read or refused, none crashes")
    func fuzz() throws {
        var random = SeededGenerator.announced()
        let words = [
            "SELECT", "FROM", "(", ")", "[", "]", "'", "\"", ",", ".", "*", "OVER", "GROUP BY", "JOIN", "ON", "CASE",
            "WHEN", "END", "NOT", "AND", "--", "/*", "*/", "0", "9223372036854775808", "1e400", "NULL",
            "LIMIT DURATION",
            "TumblingWindow", "INTO", "UNION", ";", "WITH", "CREATE FUNCTION f(x) AS x;", "f(", "é", "\u{0}", "=", "<>",
            "DATEDIFF(second, a, b)", "LAG(", "COUNT(*)", "a.b[0]", "CAST(", "AS", "BETWEEN", "LIKE", "IN (", "-",
        ]
        for _ in 0..<3_000 {
            var query = Array((ValidQueries.all.randomElement(using: &random) ?? "").unicodeScalars)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0...query.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0:
                    query.removeSubrange(place..<min(query.count, place + Int.random(in: 1...8, using: &random)))
                case 1:
                    query.insert(contentsOf: (words.randomElement(using: &random) ?? "").unicodeScalars, at: place)
                case 2:
                    let other = Array((ValidQueries.all.randomElement(using: &random) ?? "").unicodeScalars)
                    let start = Int.random(in: 0..<other.count, using: &random)
                    query.insert(contentsOf: other[start..<min(other.count, start + 30)], at: place)
                case 3:
                    let end = min(query.count, place + Int.random(in: 1...20, using: &random))
                    query.insert(contentsOf: query[place..<end], at: place)
                default:
                    guard place < query.count else { continue }
                    query[place] = Unicode.Scalar(UInt8.random(in: 1...126, using: &random))
                }
            }
            let text = String(String.UnicodeScalarView(query))
            do {
                let plan = try QueryPlan(text)
                #expect(plan.explanation.isEmpty == false)
                // What is read can be printed and read again.
                let script = try SQLParser.script(text)
                #expect(try SQLParser.script(script.description) == script, "\(text)")
            } catch {
                #expect(error.position.line >= 1 && error.position.column >= 1 && !error.advice.isEmpty, "\(text)")
            }
        }
    }

    @Test(
        "texts made to be deep or long are refused on a small stack",
        arguments: [
            "(", "NOT ", "-", "CASE ", "f(", "a.", "a[0]", "CASE WHEN ", "1+", "a AND ", "SELECT * FROM (", "/*",
            "x IN (",
        ]
    )
    func deep(part: String) {
        for count in [1_000, 60_000 / part.utf8.count] {
            for head in ["SELECT ", "SELECT * FROM t WHERE ", ""] {
                #expect(throws: StreamSQLError.self) {
                    try QueryPlan(head + String(repeating: part, count: count))
                }
            }
        }
    }
}
