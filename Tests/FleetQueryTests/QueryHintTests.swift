import FleetQuery
import TelemetryJSON
import Testing

@Suite("what an index and a reader of sections can take from a query")
struct QueryHintTests {
    private static let site = JSONPath(names: "tags", "site")

    @Test(
        "equalities that must hold are hints, nothing else is",
        arguments: [
            ("tags.site = 'a'", [QueryHint(path: site, values: [.string("a")])]),
            ("'a' = tags.site", [QueryHint(path: site, values: [.string("a")])]),
            ("tags.site IN ['a', 2, [3], undefined]", [QueryHint(path: site, values: [.string("a"), .integer(2)])]),
            ("tags.site = undefined", [QueryHint(path: site, values: [])]),
            ("tags.site", [QueryHint(path: site, values: [.bool(true)])]),
            (
                "tags.n > 1 AND (tags.site = 'a' AND status = 'x')",
                [
                    QueryHint(path: site, values: [.string("a")]),
                    QueryHint(path: JSONPath(names: "status"), values: [.string("x")]),
                ]
            ),
            (
                "tags.site = 'a' OR tags.site IN ['b', 'c']",
                [QueryHint(path: site, values: [.string("a"), .string("b"), .string("c")])]
            ),
            (
                "(tags.site = 'a' AND x = 1) OR (y = 2 AND tags.site = 'b')",
                [QueryHint(path: site, values: [.string("a"), .string("b")])]
            ),
            ("tags.site = 'a' OR x = 1", []), ("NOT tags.site = 'a'", []), ("tags.site != 'a'", []),
            ("tags.site NIN ['a']", []),
            ("tags.site = tags.other", []), ("LOWER(tags.site) = 'a'", []), ("tags.site > 'a'", []), ("true", []),
        ] as [(String, [QueryHint])]
    )
    func hints(condition: String, expected: [QueryHint]) throws {
        let query = CompiledQuery(try QueryStatement(parsing: "SELECT * FROM devices WHERE \(condition)"))
        #expect(query.hints == expected)
    }

    @Test("a condition gives 16 hints and no more")
    func count() throws {
        for (conjuncts, hints) in [(16, 16), (17, 16)] {
            let text = (0..<conjuncts).map { "a\($0) = 1" }.joined(separator: " AND ")
            #expect(QueryHint.hints(of: try #require(try QueryTarget(parsing: text).condition)).count == hints)
        }
    }

    @Test(
        "a query reads the sections its paths are in",
        arguments: [
            ("SELECT * FROM devices", [], .all), ("SELECT deviceId FROM devices", [], .identity),
            ("SELECT COUNT() FROM devices", [], []),
            (
                "SELECT tags.a FROM devices WHERE status = 'a' AND connectionState = 'b'", [.identity, .connection],
                .tags
            ),
            ("SELECT AVG(properties.reported.t) FROM devices WHERE properties.desired.x = 1", .desired, .reported),
            (
                "SELECT properties.reported.$version FROM devices WHERE properties.desired.$metadata.x.y = 1",
                .desiredMetadata, .reportedMetadata
            ),
            (
                "SELECT properties.desired FROM devices WHERE is_defined(configurations.[[a]])", .configurations,
                [.desired, .desiredMetadata]
            ),
            ("SELECT COUNT() FROM devices WHERE is_defined(properties.none)", [], []),
            ("SELECT COUNT() FROM devices GROUP BY tags.a", [], .tags),
            (
                "SELECT COUNT() FROM devices WHERE is_object(properties)",
                [.desired, .reported, .desiredMetadata, .reportedMetadata], []
            ),
        ] as [(String, QuerySections, QuerySections)]
    )
    func sections(text: String, condition: QuerySections, rows: QuerySections) throws {
        let query = CompiledQuery(try QueryStatement(parsing: text))
        #expect(query.conditionSections == condition)
        #expect(query.rowSections == rows)
    }
}
