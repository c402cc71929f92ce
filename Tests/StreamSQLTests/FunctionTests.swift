import Testing

@Suite("functions: both sides of each")
struct FunctionTests {
    @Test(
        "functions of texts",
        arguments: [
            ("LEN('äbc')", "3"),
            ("LEN('')", "0"),
            ("LEN(NULL)", "null"),
            ("len('a  ')", "3"),
            ("LOWER('ÄB')", #""äb""#),
            ("UPPER('äb')", #""ÄB""#),
            ("TRIM('  a b ')", #""a b""#),
            ("LTRIM('  a ')", #""a ""#),
            ("RTRIM(' a  ')", #"" a""#),
            ("REVERSE('abc')", #""cba""#),
            ("UNICODE('A')", "65"),
            ("UNICODE('')", "null"),
            ("NCHAR(65)", #""A""#),
            ("NCHAR(55296)", "null"),
            ("NCHAR(-1)", "null"),
            ("SUBSTRING('boiler', 1, 3)", #""boi""#),
            ("SUBSTRING('boiler', 4, 99)", #""ler""#),
            ("SUBSTRING('boiler', 0, 3)", #""bo""#),
            ("SUBSTRING('boiler', -5, 3)", #""""#),
            ("SUBSTRING('boiler', 7, 1)", #""""#),
            ("SUBSTRING('boiler', 2, 9223372036854775807)", #""oiler""#),
            ("SUBSTRING(t, 1, n)", "fault: SUBSTRING wants a length of 0 or more, not -1"),
            ("CHARINDEX('b', 'aäbb')", "3"),
            ("CHARINDEX('b', 'aäbb', 4)", "4"),
            ("CHARINDEX('x', 'aäbb')", "0"),
            ("CHARINDEX('', 'a')", "0"),
            ("CHARINDEX('a', 'a', 9223372036854775807)", "0"),
            ("REPLACE('aXbX', 'X', '--')", #""a--b--""#),
            ("REPLACE('ab', '', 'x')", #""ab""#),
            ("REPLICATE('ab', 2)", #""abab""#),
            ("REPLICATE('ab', -1)", "null"),
            ("REPLICATE(t, 9223372036854775807)", "fault: REPLICATE makes more than 1048576 bytes"),
            ("CONCAT('a', NULL, 1, 2.0, 2.5)", #""a122.5""#),
            ("CONCAT_WS('-', 'a', NULL, 'b')", #""a-b""#),
            ("UPPER(n)", "fault: UPPER wants nvarchar(max), not bigint -1"),
        ]
    )
    func text(expression: String, expected: String) throws {
        #expect(try Evaluation.of(expression, #"{"t":"x","n":-1}"#) == expected)
    }

    @Test(
        "functions of numbers",
        arguments: [
            ("ABS(-3)", "3"),
            ("ABS(-3.5)", "3.5"),
            ("ABS(m)", "fault: bigint overflow in ABS(-9223372036854775808)"),
            ("CEILING(1.2)", "2.0"),
            ("CEILING(3)", "3"),
            ("FLOOR(-1.2)", "-2.0"),
            ("ROUND(2.5)", "3.0"),
            ("ROUND(-2.5)", "-3.0"),
            ("ROUND(2.345, 2)", "2.35"),
            ("ROUND(1234.5, -2)", "1200.0"),
            ("ROUND(1250, -2)", "1300"),
            ("ROUND(-1249, -2)", "-1200"),
            ("ROUND(1250, 2)", "1250"),
            ("ROUND(5, -19)", "0"),
            ("ROUND(1.5, 400)", "1.5"),
            ("SIGN(-2)", "-1"),
            ("SIGN(0.0)", "0.0"),
            ("SQUARE(3)", "9.0"),
            ("SQRT(2.25)", "1.5"),
            ("SQRT(n)", "fault: SQRT wants a number of 0 or more, not -1.0"),
            ("EXP(0)", "1.0"),
            ("EXP(b)", "fault: EXP has no finite value"),
            ("LOG(1)", "0.0"),
            ("LOG(8, 2)", "3.0"),
            ("LOG(z)", "fault: LOG wants a number above 0, not 0.0"),
            ("LOG10(1000)", "3.0"),
            ("POWER(2, 10)", "1024.0"),
            ("POWER(b, b)", "fault: POWER has no finite value"),
            ("POWER(NULL, 2)", "null"),
            ("ABS(t)", "fault: ABS wants bigint or float, not nvarchar(max) 'x'"),
        ]
    )
    func number(expression: String, expected: String) throws {
        let event = #"{"m":-9223372036854775808,"n":-1,"b":10000,"z":0,"t":"x"}"#
        #expect(try Evaluation.of(expression, event) == expected)
    }

    @Test(
        "functions of time; DATEDIFF counts boundaries",
        arguments: [
            ("DATEDIFF(second, '2026-01-01T00:00:00.999Z', '2026-01-01T00:00:01.000Z')", "1"),
            ("DATEDIFF(second, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.999Z')", "0"),
            ("DATEDIFF(minute, '2026-01-01T00:01:00Z', '2026-01-01T00:00:59Z')", "-1"),
            ("DATEDIFF(day, '2026-01-01T23:59:59Z', '2026-01-02')", "1"),
            ("DATEDIFF(week, '2026-11-21', '2026-11-22')", "1"),
            ("DATEDIFF(week, '2026-11-22', '2026-11-28')", "0"),
            ("DATEDIFF(month, '2025-12-31', '2026-01-01')", "1"),
            ("DATEDIFF(quarter, '2026-03-31', '2026-04-01')", "1"),
            ("DATEDIFF(year, '2025-12-31', '2026-01-01')", "1"),
            ("DATEDIFF(hh, '1969-12-31T23:30:00Z', '1970-01-01')", "1"),
            ("DATEDIFF(microsecond, '2026-01-01', '2026-01-01T00:00:00.001Z')", "1000"),
            ("DATEDIFF(minute, NULL, '2026-01-01')", "null"),
            ("DATEDIFF(minute, t, '2026-01-01')", "fault: DATEDIFF wants datetime, not nvarchar(max) 'soon'"),
            ("DATEADD(month, 1, '2026-01-31')", #""2026-02-28T00:00:00.000Z""#),
            ("DATEADD(year, -1, '2024-02-29')", #""2023-02-28T00:00:00.000Z""#),
            ("DATEADD(quarter, 1, '2026-11-30')", #""2027-02-28T00:00:00.000Z""#),
            ("DATEADD(millisecond, 1, '2026-01-01')", #""2026-01-01T00:00:00.001Z""#),
            ("DATEADD(microsecond, 1999, '2026-01-01')", #""2026-01-01T00:00:00.001Z""#),
            ("DATEADD(week, 1, '2026-01-01')", #""2026-01-08T00:00:00.000Z""#),
            ("DATEADD(day, n, '2026-01-01')", "fault: DATEADD leaves the years 0000 to 9999"),
            ("DATEADD(month, n, '2026-01-01')", "fault: DATEADD leaves the years 0000 to 9999"),
            ("DATEADD(second, 1.5 * 2, '2026-01-01')", #""2026-01-01T00:00:03.000Z""#),
            ("DATEPART(year, '2026-11-22T01:02:03.004Z')", "2026"),
            ("DATEPART(quarter, '2026-11-22T01:02:03.004Z')", "4"),
            ("DATEPART(mm, '2026-11-22T01:02:03.004Z')", "11"),
            ("DATEPART(dayofyear, '2026-11-22T01:02:03.004Z')", "326"),
            ("DATEPART(dd, '2026-11-22T01:02:03.004Z')", "22"),
            ("DATEPART(week, '2026-11-22')", "48"),
            ("DATEPART(week, '2026-01-01')", "1"),
            ("DATEPART(weekday, '2026-11-22')", "1"),
            ("DATEPART(hour, '2026-11-22T01:02:03.004Z')", "1"),
            ("DATEPART(mi, '2026-11-22T01:02:03.004Z')", "2"),
            ("DATEPART(ss, '2026-11-22T01:02:03.004Z')", "3"),
            ("DATEPART(ms, '2026-11-22T01:02:03.004Z')", "4"),
            ("DATEPART(mcs, '2026-11-22T01:02:03.004Z')", "4000"),
            ("DATEPART(hour, '1969-12-31T23:00:00Z')", "23"),
            ("DATENAME(month, '2026-11-22')", #""November""#),
            ("DATENAME(weekday, '2026-11-22')", #""Sunday""#),
            ("DATENAME(year, '2026-11-22')", #""2026""#),
            ("YEAR('2026-11-22')", "2026"),
            ("MONTH('2026-11-22')", "11"),
            ("DAY('2026-11-22')", "22"),
            ("DATETIMEFROMPARTS(2026, 11, 22, 1, 2, 3, 4)", #""2026-11-22T01:02:03.004Z""#),
            ("DATETIMEFROMPARTS(2026, k, 30, 1, 2, 3, 4)", "fault: DATETIMEFROMPARTS has no such date or time"),
            ("System.Timestamp()", #""2025-11-21T04:33:00.123Z""#),
            ("System.Timestamp", #""2025-11-21T04:33:00.123Z""#),
        ]
    )
    func time(expression: String, expected: String) throws {
        #expect(try Evaluation.of(expression, #"{"t":"soon","n":9223372036854775807,"k":2}"#) == expected)
    }

    @Test(
        "functions of records, arrays and types",
        arguments: [
            ("GetArrayElement(a, 1)", "2"),
            ("GetArrayElement(a, 9)", "null"),
            ("GetArrayElement(a, -1)", "null"),
            ("GetArrayElement(r, 0)", "fault: GetArrayElement wants an array, not a record"),
            ("GetArrayLength(a)", "2"),
            ("GetArrayLength(NULL)", "null"),
            ("GetArrayElements(a)", #"[{"ArrayIndex":0,"ArrayValue":1},{"ArrayIndex":1,"ArrayValue":2}]"#),
            ("GetRecordProperties(r)", #"[{"PropertyName":"x","PropertyValue":5}]"#),
            ("GetRecordPropertyValue(r, 'x')", "5"),
            ("GetRecordPropertyValue(r, 'y')", "null"),
            ("GetRecordPropertyValue(a, 'y')", "fault: GetRecordPropertyValue wants a record, not an array"),
            ("GetType(a)", #""array""#),
            ("GetType(r)", #""record""#),
            ("GetType(1)", #""bigint""#),
            ("GetType(1.0)", #""float""#),
            ("GetType('x')", #""nvarchar(max)""#),
            ("GetType(b)", #""bit""#),
            ("GetType(System.Timestamp())", #""datetime""#),
            ("GetType(missing)", #""null""#),
        ]
    )
    func record(expression: String, expected: String) throws {
        #expect(try Evaluation.of(expression, #"{"a":[1,2],"r":{"x":5},"b":true}"#) == expected)
    }

    @Test(
        "functions of places",
        arguments: [
            ("CreatePoint(3.0, -10.2)", #"{"type":"Point","coordinates":[-10.2,3.0]}"#),
            ("CreatePoint(91.0 + z, 0)", "fault: CreatePoint wants degrees, not latitude 91.0, longitude 0.0"),
            (
                "CreateLineString(CreatePoint(1, 2), CreatePoint(3, 4))",
                #"{"type":"LineString","coordinates":[[2.0,1.0],[4.0,3.0]]}"#
            ),
            ("ROUND(ST_DISTANCE(CreatePoint(52.5200, 13.4050), CreatePoint(48.1374, 11.5755)) / 1000)", "504.0"),
            ("ROUND(ST_DISTANCE(52.5200, 13.4050, 48.1374, 11.5755) / 1000)", "504.0"),
            ("ST_DISTANCE(CreatePoint(1, 2), CreatePoint(1, 2))", "0.0"),
            ("ST_DISTANCE(z, z)", "fault: ST_DISTANCE wants a GeoJSON Point, not bigint 0"),
            ("ST_DISTANCE(z, z, z)", "fault: ST_DISTANCE wants two points or four numbers"),
            (
                "ST_WITHIN(CreatePoint(5, 5), CreatePolygon(CreatePoint(0, 0), CreatePoint(0, 10), CreatePoint(10, 10), CreatePoint(10, 0)))",
                "1"
            ),
            (
                "ST_WITHIN(CreatePoint(5, 15), CreatePolygon(CreatePoint(0, 0), CreatePoint(0, 10), CreatePoint(10, 10), CreatePoint(10, 0)))",
                "0"
            ),
            ("ST_WITHIN(CreatePoint(5, 5), hole)", "0"),
            ("ST_WITHIN(CreatePoint(1, 1), hole)", "1"),
            ("ST_WITHIN(CreatePoint(1, 1), z)", "fault: ST_WITHIN wants a GeoJSON Polygon, not bigint 0"),
        ]
    )
    func place(expression: String, expected: String) throws {
        let ring = "[[0,0],[10,0],[10,10],[0,10],[0,0]]"
        let event = #"{"z":0,"hole":{"type":"Polygon","coordinates":[\#(ring),[[4,4],[6,4],[6,6],[4,6],[4,4]]]}}"#
        #expect(try Evaluation.of(expression, event) == expected)
    }
}
