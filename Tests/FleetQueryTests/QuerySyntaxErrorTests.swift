import FleetQuery
import TelemetryJSON
import Testing

@Suite("what a query with a fault is told")
struct QuerySyntaxErrorTests {
    @Test(
        "a fault says where it is, what stands there, what was expected and what to do",
        arguments: [
            (
                "SELECT * FROM devicess",
                "line 1, column 15: found 'devicess', expected a collection: devices, devices.modules or devices.jobs. Write devices."
            ),
            (
                "SELECT *\nFROM devices.module",
                "line 2, column 6: found 'devices.module', expected a collection: devices, devices.modules or devices.jobs. "
                    + "Write devices.modules."
            ),
            (
                "SELECT * FROM devices WHERE is_definde(tags.x)",
                "line 1, column 29: found 'is_definde', expected the name of a function. Write IS_DEFINED."
            ),
            (
                "SELECT * FROM devices WHERE tags.ü = 'é' AN x",
                "line 1, column 42: found 'AN', expected AND, OR, GROUP BY or the end. Write AND."
            ),
            (
                "SELECT * FROM devices WERE a = 1",
                "line 1, column 23: found 'WERE', expected WHERE, GROUP BY or the end. Write WHERE."
            ),
            (
                "",
                "line 1, column 1: found nothing, expected SELECT. Begin with SELECT, for example: SELECT * FROM devices."
            ),
            (
                "SELECT * FROM devices WHERE",
                "line 1, column 28: found the end of the text, expected a path, a constant, a function or a parenthesis. Write a property's path, for example tags.site."
            ),
            (
                "SELECT COUNT(*) FROM devices",
                "line 1, column 14: found '*', expected ). Write COUNT() with nothing between."
            ),
            (
                "SELECT CUONT() FROM devices",
                "line 1, column 8: found 'CUONT', expected COUNT, AVG, SUM, MIN or MAX. Write COUNT."
            ),
            (
                "SELECT LOWER(a) FROM devices",
                "line 1, column 8: found 'LOWER', expected COUNT, AVG, SUM, MIN or MAX. LOWER belongs behind WHERE."
            ),
            (
                "SELECT status, COUNT() FROM devices",
                "line 1, column 8: found 'status', expected only aggregates and the paths of GROUP BY, not status. Add GROUP BY status, or take status out."
            ),
            (
                "SELECT * FROM devices GROUP BY a",
                "line 1, column 8: found '*', expected paths or aggregates with GROUP BY. Write what a group shows: SELECT a, COUNT()."
            ),
            (
                "SELECT a.x, b.x FROM devices",
                "line 1, column 8: found 'a', expected columns with different names, not two called x. Give one of them another name: b.x AS other."
            ),
            (
                "SELECT deviceId FROM devices.jobs",
                "line 1, column 8: found 'deviceId', expected * with devices.jobs. Write SELECT * FROM devices.jobs."
            ),
            (
                "SELECT a FROM devices GROUP BY a WHERE b",
                "line 1, column 34: found 'WHERE', expected a comma or the end. Write WHERE before GROUP BY."
            ),
            (
                "SELECT TOP 0 * FROM devices",
                "line 1, column 12: found '0', expected a whole number from 1 to 2147483647. Say how many rows there may be at most: TOP 10."
            ),
            (
                "SELECT TOP 2147483648 * FROM devices",
                "line 1, column 12: found '2147483648', expected a whole number from 1 to 2147483647. Say how many rows there may be at most: TOP 10."
            ),
            (
                "SELECT * FROM devices;",
                "line 1, column 22: found ';', expected a name, a constant or an operator. Leave the semicolon out."
            ),
            (
                "SELECT a AS 5 FROM devices",
                "line 1, column 13: found '5', expected a name behind AS. Write the column's name: COUNT() AS n."
            ),
            (
                "SELECT a b FROM devices",
                "line 1, column 10: found 'b', expected a comma or FROM. Write FROM and the collection: FROM devices."
            ),
        ]
    )
    func queries(text: String, expected: String) {
        let error = #expect(throws: QuerySyntaxError.self) { try QueryStatement(parsing: text) }
        #expect(error?.description == expected)
    }

    @Test(
        "what other languages write is answered with what to write here",
        arguments: [
            ("a == 1", 3, "Write = for equality."), ("a = 1 && b", 7, "Write AND."),
            ("a || b", 3, "Write OR, or CONCAT(a, b) for texts."),
            ("a NOT IN [1]", 3, "Write NIN for not in: tags.site NIN ['a']; NOT stands before a whole comparison."),
            ("a IN (1)", 6, "Write the list in brackets: IN ['a', 'b']."),
            ("a LIKE 'x'", 3, "Write STARTS_WITH, ENDS_WITH or CONTAINS."),
            ("a IS NULL", 3, "Write IS_NULL(path) or IS_DEFINED(path)."),
            ("a BETWEEN 1 AND 2", 3, "Write path >= 1 AND path <= 2."),
            ("1 < a < 3", 7, "Compare two values at a time: a < b AND b < c."), ("!a", 1, "Write NOT."),
            ("COUNT() > 1", 1, "COUNT belongs between SELECT and FROM."),
            ("WHERE a = 1", 1, "Leave WHERE out: the condition stands alone."),
            ("SELECT * FROM devices", 1, "Write only what stands behind WHERE in a query."),
            ("a -- b", 3, "Queries have no comments; put a space between two minus signs."),
            ("a = {}", 5, "Write the object's properties in conditions of their own: tags.a.b = 1."),
            ("a ORDER BY b", 3, "Rows come in the order of their ids; leave ORDER BY out."),
            ("a\u{A0}= 1", 2, "Replace it by an ordinary space."),
            ("a = ‘b’", 5, "Put plain quotes around texts: 'text'."),
            ("ü😀 = 1", 2, "Put [[ and ]] around a name with special characters, quotes around a text."),
            ("FROM devices.jobs WHERE a", 1, "Jobs cannot be a target."),
        ]
    )
    func habits(text: String, column: Int, advice: String) {
        let error = #expect(throws: QuerySyntaxError.self) { try QueryTarget(parsing: text) }
        #expect(error?.column == column)
        #expect(error?.advice == advice)
    }

    @Test(
        "words that are cut off or misspelt are refused where they begin",
        arguments: [
            ("a = 'x", 5), (#"a = "x'"#, 5), (#"a = 'x\q'"#, 7), (#"a = '\u12G4'"#, 6), (#"a = '\uD800'"#, 6),
            (#"a = '\uDC00'"#, 6),
            (#"a = '\uD800\u0041'"#, 6), (#"a = 'x\"#, 7), (#"a = '\u00"#, 6), ("a = 1e", 5), ("a = 1e999", 5),
            ("a = 12abc", 5),
            ("a = 0x", 5), ("a = 0xG", 5), ("a = 0x8000000000000000", 5), ("a = 5.", 6), ("a = .5", 5), ("a = +5", 5),
            ("[[a", 1), ("[[]] = 1", 1),
            ("a.", 3), ("a.5 = 1", 3), ("a[x]", 3), ("a[-1]", 3), ("a[1.5]", 3), ("a[1000001]", 3), ("a[1", 4),
            ("a['b']", 3),
            ("from = 1", 6), ("in = 1", 1), ("(a = 1", 7), ("a = 1)", 6), ("a =", 4), ("a IN [b]", 7), ("a IN [1,]", 9),
            ("a IN [1", 8), ("a IN [-'x']", 8),
            ("LOWER()", 1), ("LOWER(a, b)", 1), ("SUBSTRING(a)", 1), ("SUBSTRING(a,1,2,3)", 1), ("CONCAT(a)", 1),
            ("FOO(a)", 1), ("AND a", 1),
            ("a AND", 6), ("a = #", 5), ("FROM devices.modules a", 22), ("* AND a", 3), ("NOT", 4),
            ("FROM devices.", 6), ("FROM 5", 6),
        ]
    )
    func places(text: String, column: Int) {
        let error = #expect(throws: QuerySyntaxError.self) { try QueryTarget(parsing: text) }
        #expect(error?.line == 1)
        #expect(error?.column == column)
    }

    @Test("a text may be as long as the limit and no longer")
    func length() throws {
        let condition = "a = '" + String(repeating: "x", count: QueryStatement.lengthMax - 6) + "'"
        _ = try QueryTarget(parsing: condition)
        let error = #expect(throws: QuerySyntaxError.self) { try QueryTarget(parsing: condition + " ") }
        #expect(error?.found == "a text of 65537 bytes")
    }

    @Test(
        "an expression may have 64 levels and no more",
        arguments: [
            ("(", "a", ")", 63, 64), ("NOT ", "a", "", 63, 64), ("- ", "a", "", 63, 64), ("LOWER(", "a", ")", 63, 64),
            ("", "a", " + 1", 63, 64), ("", "a", " * 2", 63, 64), ("[", "1", "]", 62, 64), ("a.", "b", "", 63, 64),
            ("", "a", "[0]", 63, 64),
        ]
    )
    func levels(before: String, middle: String, after: String, most: Int, tooMany: Int) throws {
        func text(_ count: Int) -> String {
            let prefix = before == "[" ? "x IN " : ""
            return prefix + String(repeating: before, count: count) + middle + String(repeating: after, count: count)
        }
        _ = try QueryTarget(parsing: text(most))
        #expect(throws: QuerySyntaxError.self) { try QueryTarget(parsing: text(tooMany)) }
    }

    @Test("AND and OR may join as many conditions as fit")
    func flat() throws {
        let text = Array(repeating: "a = 1", count: 6000).joined(separator: " AND ")
        #expect(try Twins.value(of: text, on: #"{"a":1}"#) == .bool(true))
    }

    @Test("eight paths may group, not nine")
    func groupPaths() throws {
        let paths = (1...9).map { "p\($0)" }
        _ = try QueryStatement(
            parsing: "SELECT COUNT() FROM devices GROUP BY " + paths.prefix(8).joined(separator: ",")
        )
        #expect(throws: QuerySyntaxError.self) {
            try QueryStatement(parsing: "SELECT COUNT() FROM devices GROUP BY " + paths.joined(separator: ","))
        }
    }

    @Test("other operands refuse names with their own advice, and may have hyphens")
    func operands() throws {
        struct Message: QueryOperands {
            var hyphenatedNames: [String] { ["$dt-subject"] }

            func resolve(_ path: JSONPath, isFirstBracketed: Bool) throws(QueryOperandFault) -> JSONPath {
                guard path.steps[0] == .name("$bdoy") else { return path }
                throw QueryOperandFault(expected: "a system property, $body or $twin", advice: "Write $body.")
            }
        }
        let expression = try QueryExpression(parsing: "$dt-subject = 'a' AND $dt-b < $body.x[0]", operands: Message())
        #expect(expression.description == "[[$dt-subject]] = 'a' AND $dt - b < $body.x[0]")
        let error = #expect(throws: QuerySyntaxError.self) {
            try QueryExpression(parsing: "a = 1 OR $bdoy.x = 1", operands: Message())
        }
        #expect(
            error?.description
                == "line 1, column 10: found '$bdoy.x', expected a system property, $body or $twin. Write $body."
        )
    }
}
