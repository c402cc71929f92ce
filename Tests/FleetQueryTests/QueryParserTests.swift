import FleetQuery
import TelemetryJSON
import Testing

@Suite("the grammar of queries, twins.md section 8")
struct QueryParserTests {
    @Test(
        "a query reads as what it says, and its canonical form reads as the same",
        arguments: [
            ("SELECT * FROM devices", "SELECT * FROM devices"),
            (
                "SELECT * FROM devices WHERE tags.site.floor = 'north' AND properties.reported.temp >= 20",
                "SELECT * FROM devices WHERE tags.site.floor = 'north' AND properties.reported.temp >= 20"
            ),
            (
                "SELECT * FROM devices WHERE properties.reported.link IN ['lte', 'lora']",
                "SELECT * FROM devices WHERE properties.reported.link IN [ 'lte', 'lora' ]"
            ),
            (
                "SELECT * FROM devices WHERE is_defined(properties.reported.link)",
                "SELECT * FROM devices WHERE IS_DEFINED(properties.reported.link)"
            ),
            ("SELECT deviceId, tags.site AS s FROM devices", "SELECT deviceId, tags.site AS s FROM devices"),
            (
                "SELECT COUNT() AS n FROM devices WHERE status = 'enabled'",
                "SELECT COUNT() AS n FROM devices WHERE status = 'enabled'"
            ),
            (
                "SELECT status, COUNT() AS n FROM devices GROUP BY status",
                "SELECT status, COUNT() AS n FROM devices GROUP BY status"
            ),
            (
                "SELECT * FROM devices.modules WHERE properties.reported.status = 'running'",
                "SELECT * FROM devices.modules WHERE properties.reported.status = 'running'"
            ),
            (
                "SELECT * FROM devices.jobs WHERE devices.jobs.deviceId = 'dev1'",
                "SELECT * FROM devices.jobs WHERE deviceId = 'dev1'"
            ),
            ("select top 5 * from DEVICES where Not c.tags.a<>1", "SELECT TOP 5 * FROM devices WHERE NOT tags.a != 1"),
            (
                "SELECT devices.deviceId, avg ( c.tags.a ) , Sum(tags.a) AS [[a b]] FROM devices GROUP BY devices.deviceId",
                "SELECT deviceId, AVG(tags.a), SUM(tags.a) AS [[a b]] FROM devices GROUP BY deviceId"
            ),
            (
                "SELECT MIN(x), MAX(x) FROM devices\n\t WHERE a NIN []\r\n",
                "SELECT MIN(x), MAX(x) FROM devices WHERE a NIN [  ]"
            ),
            // From the service's documentation.
            (
                "select deviceId from devices.modules where moduleId = '$edgeAgent' and properties.desired.$version = "
                    + "properties.reported.lastDesiredVersion and properties.reported.lastDesiredStatus.code = 200",
                "SELECT deviceId FROM devices.modules WHERE moduleId = '$edgeAgent' AND properties.desired.$version = "
                    + "properties.reported.lastDesiredVersion AND properties.reported.lastDesiredStatus.code = 200"
            ),
            (
                "SELECT properties.reported.telemetryConfig.status AS status, COUNT() AS numberOfDevices FROM devices "
                    + "GROUP BY properties.reported.telemetryConfig.status",
                "SELECT properties.reported.telemetryConfig.status AS status, COUNT() AS numberOfDevices FROM devices "
                    + "GROUP BY properties.reported.telemetryConfig.status"
            ),
            (
                "SELECT deviceId FROM devices WHERE configurations.[[firmware-285]].status='Applied'",
                "SELECT deviceId FROM devices WHERE configurations.[[firmware-285]].status = 'Applied'"
            ),
            ("SELECT top, TOP 7 FROM devices", nil), ("SELECT top FROM devices", "SELECT top FROM devices"),
            ("SELECT devices.modules.moduleId FROM devices.modules", "SELECT moduleId FROM devices.modules"),
            (
                "SELECT deviceId FROM devices GROUP BY deviceId, status",
                "SELECT deviceId FROM devices GROUP BY deviceId, status"
            ),
        ] as [(String, String?)]
    )
    func queries(text: String, expected: String?) throws {
        guard let expected else {
            #expect(throws: QuerySyntaxError.self) { try QueryStatement(parsing: text) }
            return
        }
        let statement = try QueryStatement(parsing: text)
        #expect(statement.description == expected)
        #expect(try QueryStatement(parsing: expected) == statement)
    }

    @Test(
        "operators bind: NOT, then AND, then OR; products before sums before comparisons; sums from the left",
        arguments: [
            ("a = 1 OR b = 2 AND c = 3", "a = 1 OR (b = 2 AND c = 3)"),
            ("NOT a = 1 AND b = 2", "(NOT (a = 1)) AND (b = 2)"),
            ("NOT NOT a", "NOT (NOT a)"),
            ("a + b * c - d = e", "((a + (b * c)) - d) = e"),
            ("a - (b - c) = 0", "(a - (b - c)) = 0"),
            ("a / b % c * d > 1", "(((a / b) % c) * d) > 1"),
            ("-a * -(b) > -5", "((-a) * (-b)) > (-5)"),
            ("(a OR b) AND c", "((a OR b)) AND (c)"),
            ("a + 1 IN [1]", "(a + 1) IN [1]"),
            ("(a = 1) = true", "((a = 1)) = true"),
        ]
    )
    func precedence(text: String, same: String) throws {
        let target = try QueryTarget(parsing: text)
        #expect(try QueryTarget(parsing: same) == target)
        #expect(try QueryTarget(parsing: target.description) == target)
    }

    @Test(
        "a constant is read as written",
        arguments: [
            ("'text'", .string("text")), ("\"text\"", .string("text")), ("''", .string("")),
            (#"'a\'b'"#, .string("a'b")), (#""a\"b""#, .string("a\"b")), (#"'a\\b'"#, .string(#"a\b"#)),
            (#"'\u00FC\u20ac'"#, .string("ü€")), (#"'\uD83D\uDE00'"#, .string("😀")), ("'a''b'", .string("a'b")),
            (#"'\b\f\n\r\t\/'"#, .string("\u{8}\u{C}\n\r\t/")), ("'ü😀'", .string("ü😀")), ("'a\nb'", .string("a\nb")),
            ("0", .integer(0)), ("1.5", .number(1.5)), ("1.0", .number(1)), ("1e3", .number(1000)),
            ("2E-1", .number(0.2)),
            ("0x1F", .integer(31)), ("0XfF", .integer(255)), ("0x7FFFFFFFFFFFFFFF", .integer(.max)),
            ("-7", .integer(-7)),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(0x1p63)),
            ("-9223372036854775808", .integer(.min)), ("-1.5", .number(-1.5)),
            ("TRUE", .bool(true)), ("false", .bool(false)), ("Null", .null), ("UNDEFINED", .undefined),
            ("[]", .array([])),
            ("[1, 'a', [true, -2]]", .array([.integer(1), .string("a"), .array([.bool(true), .integer(-2)])])),
        ] as [(String, QueryConstant)]
    )
    func constants(text: String, expected: QueryConstant) throws {
        let target = try QueryTarget(parsing: "a = \(text)")
        #expect(target.condition == .binary(.equal, .path(JSONPath(names: "a")), .constant(expected)))
        #expect(try QueryTarget(parsing: target.description) == target)
    }

    @Test(
        "a path is names with case, odd names in brackets, and elements' numbers, perhaps behind its collection",
        arguments: [
            ("tags.x", JSONPath(names: "tags", "x")), ("Tags.X", JSONPath(names: "Tags", "X")),
            ("devices.tags.x", JSONPath(names: "tags", "x")), ("c.tags.x", JSONPath(names: "tags", "x")),
            ("devices", JSONPath(names: "devices")), ("[[devices]].tags", JSONPath(names: "devices", "tags")),
            ("properties.reported.$version", JSONPath(names: "properties", "reported", "$version")),
            ("configurations.[[id.1]].status", JSONPath(names: "configurations", "id.1", "status")),
            ("tags[[a b]]", JSONPath(names: "tags", "a b")), ("[[from]]", JSONPath(names: "from")),
            ("tags.from.in", JSONPath(names: "tags", "from", "in")), ("tags.[[a]b]]", JSONPath(names: "tags", "a]b")),
            ("a[0][12].b", JSONPath([.name("a"), .index(0), .index(12), .name("b")])),
            ("tags.größe", JSONPath(names: "tags", "größe")),
            ("a . b [ 0 ]", JSONPath([.name("a"), .name("b"), .index(0)])),
            ("[[a]]]", JSONPath(names: "a]")),
        ]
    )
    func paths(text: String, expected: JSONPath) throws {
        #expect(
            try QueryTarget(parsing: "\(text) = 1").condition
                == .binary(.equal, .path(expected), .constant(.integer(1)))
        )
    }

    @Test(
        "a condition alone may be for all, or for modules",
        arguments: [
            ("", QueryTarget()), ("*", QueryTarget()), (" * ", QueryTarget()),
            ("tags.x", QueryTarget(condition: .path(JSONPath(names: "tags", "x")))),
            (
                "FROM devices.modules WHERE moduleId",
                QueryTarget(collection: .modules, condition: .path(JSONPath(names: "moduleId")))
            ),
            ("from devices.modules", QueryTarget(collection: .modules)),
            ("FROM devices WHERE true", QueryTarget(condition: .constant(.bool(true)))),
        ]
    )
    func targets(text: String, expected: QueryTarget) throws {
        let target = try QueryTarget(parsing: text)
        #expect(target == expected)
        #expect(try QueryTarget(parsing: target.description) == target)
    }
}
