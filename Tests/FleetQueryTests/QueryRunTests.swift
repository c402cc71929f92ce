import FleetQuery
import TelemetryJSON
import Testing

@Suite("the rows of a query, twins.md section 8")
struct QueryRunTests {
    private static let fleet = [
        #"{"deviceId":"a","status":"enabled","tags":{"site":"z","n":1},"r":[1,2]}"#,
        #"{"deviceId":"b","status":"enabled","tags":{"site":"y","n":2.5}}"#,
        #"{"deviceId":"c","status":"disabled","tags":{"n":"x","site":null}}"#,
        #"{"deviceId":"d","status":"enabled","tags":{"n":"w"}}"#,
        #"{"deviceId":"e","status":"enabled","tags":{"site":"y","n":1.0}}"#,
    ]

    @Test(
        "a query gives its rows",
        arguments: [
            ("SELECT * FROM devices", ["a", "b", "c", "d", "e"]), ("SELECT TOP 2 * FROM devices", ["a", "b"]),
            ("SELECT * FROM devices WHERE tags.site = 'y'", ["b", "e"]),
            ("SELECT * FROM devices WHERE tags.site != 'y'", ["a", "c"]),
            ("SELECT TOP 1 * FROM devices WHERE tags.site = 'y'", ["b"]),
            (
                "SELECT deviceId, tags.site AS s FROM devices WHERE status = 'enabled'",
                [
                    #"{"deviceId":"a","s":"z"}"#, #"{"deviceId":"b","s":"y"}"#, #"{"deviceId":"d"}"#,
                    #"{"deviceId":"e","s":"y"}"#,
                ]
            ),
            (
                "SELECT r[1], tags AS [[the tags]] FROM devices WHERE deviceId = 'a'",
                [#"{"r":2,"the tags":{"site":"z","n":1}}"#]
            ),
            ("SELECT COUNT() AS n FROM devices WHERE status = 'enabled'", [#"{"n":4}"#]),
            ("SELECT COUNT() FROM devices WHERE status = 'lost'", [#"{"$1":0}"#]),
            (
                "SELECT COUNT(), SUM(tags.n), AVG(tags.n), MIN(tags.n), MAX(tags.n) FROM devices",
                [
                    #"{"$1":5,"$2":4.5,"$3":1.5,"$4":1,"$5":2.5}"#
                ]
            ),
            (
                "SELECT MIN(tags.n) AS a, MAX(tags.n) AS b, SUM(tags.n) AS c FROM devices WHERE IS_STRING(tags.n)",
                [#"{"a":"w","b":"x"}"#]
            ),
            ("SELECT AVG(tags.none), MIN(tags.none), COUNT() FROM devices", [#"{"$3":5}"#]),
            ("SELECT SUM(r[0]) FROM devices", [#"{"$1":1}"#]),
            (
                "SELECT status, COUNT() AS n FROM devices GROUP BY status",
                [#"{"status":"disabled","n":1}"#, #"{"status":"enabled","n":4}"#]
            ),
            (
                "SELECT tags.site, COUNT() FROM devices GROUP BY tags.site",
                [
                    #"{"site":null,"$2":1}"#, #"{"site":"y","$2":2}"#, #"{"site":"z","$2":1}"#, #"{"$2":1}"#,
                ]
            ),
            (
                "SELECT tags.n, COUNT() AS c FROM devices GROUP BY tags.n",
                [
                    #"{"n":1,"c":2}"#, #"{"n":2.5,"c":1}"#, #"{"n":"w","c":1}"#, #"{"n":"x","c":1}"#,
                ]
            ),
            ("SELECT TOP 1 tags.site FROM devices GROUP BY tags.site", [#"{"site":null}"#]),
            (
                "SELECT COUNT() AS c FROM devices GROUP BY status, tags.site",
                [#"{"c":1}"#, #"{"c":2}"#, #"{"c":1}"#, #"{"c":1}"#]
            ),
            ("SELECT status FROM devices WHERE false GROUP BY status", []),
        ]
    )
    func rows(query: String, expected: [String]) throws {
        #expect(try Twins.rows(query, QueryRunTests.fleet) == expected)
    }

    @Test("a sum beyond 64 bits becomes a double")
    func largeSum() throws {
        let twins = [#"{"x":9223372036854775807}"#, #"{"x":1}"#, #"{"x":-1}"#]
        #expect(try Twins.rows("SELECT SUM(x) FROM devices", twins) == [#"{"$1":9.223372036854776e+18}"#])
        #expect(try Twins.rows("SELECT SUM(x) FROM devices", Array(twins.dropFirst())) == [#"{"$1":0}"#])
    }

    @Test("TOP counts the rows of earlier pages, and then the pass is complete")
    func pages() throws {
        let query = CompiledQuery(try QueryStatement(parsing: "SELECT TOP 3 deviceId FROM devices"))
        var run = QueryRun(query, rowsGiven: 2)
        #expect(!run.isComplete)
        #expect(try run.offer(Twins.document()) == .row(["deviceId": .string("d-1")]))
        #expect(run.isComplete)
        #expect(run.rowsGiven == 3)
        #expect(try run.offer(Twins.document()) == .nothing)
    }

    @Test("the rows of groups come in pages too")
    func groupPages() throws {
        let query = CompiledQuery(try QueryStatement(parsing: "SELECT TOP 4 x FROM devices GROUP BY x"))
        var given = 0
        var rows: [String] = []
        var hasMore = true
        while hasMore {
            var run = QueryRun(query, rowsGiven: given)
            for x in [5, 3, 1, 2, 4, 3] { #expect(try run.offer(Twins.document("{\"x\":\(x)}")) == .counted) }
            let page = run.finish(limit: 2)
            rows += page.rows.map { JSONValue.object($0).description }
            (given, hasMore) = (run.rowsGiven, page.hasMore)
        }
        #expect(rows == [#"{"x":1}"#, #"{"x":2}"#, #"{"x":3}"#, #"{"x":4}"#])
        #expect(given == 4)
    }

    @Test("a query may make 10,000 groups and no more")
    func groups() throws {
        let query = CompiledQuery(try QueryStatement(parsing: "SELECT x FROM devices GROUP BY x"))
        var run = QueryRun(query)
        for x in 0..<Int64(QueryRun.groupsMax) {
            #expect(try run.offer(JSONDocument(.object(["x": .integer(x)]))) == .counted)
        }
        #expect(try run.offer(JSONDocument(.object(["x": .number(7)]))) == .counted)
        #expect(throws: QueryLimitError.tooManyGroups(limit: 10_000)) {
            try run.offer(JSONDocument(.object(["x": .integer(10_000)])))
        }
    }
}
