import StreamSQL
import Testing

@Suite("what a query with a fault is told")
struct StreamSQLErrorTests {
    private static func error(_ query: String, _ options: QueryOptions = QueryOptions()) -> String {
        do {
            _ = try QueryPlan(query, options: options)
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test(
        "a fault in the text says where it is, what stands there, what was expected and what to do",
        arguments: [
            (
                "",
                "line 1, column 1: found nothing, expected SELECT. Begin with SELECT, for example: SELECT * INTO warm FROM telemetry WHERE temperature > 30."
            ),
            ("SELCT * FROM t", "line 1, column 1: found 'SELCT', expected SELECT. Write SELECT."),
            ("SELECT *\nFORM t", "line 2, column 1: found 'FORM', expected , INTO or FROM. Write FROM."),
            (
                "SELECT a FROM t WERE a = 1",
                "line 1, column 17: found 'WERE', expected JOIN, WHERE, GROUP BY, HAVING, UNION or the end. Write WHERE."
            ),
            (
                "SELECT * FROM t WHERE",
                "line 1, column 22: found the end of the query, expected a column, a constant, a function or a parenthesis. Write a column's name, for example temperature."
            ),
            (
                "SELECT * FROM t WHERE a = 'ü",
                "line 1, column 27: found a text without its end, expected ' behind a text. Close the text with a quote; a quote inside it is written twice: 'it''s'."
            ),
            (
                "SELECT 'ü', 1x FROM t",
                "line 1, column 13: found '1x', expected a number. Put [ and ] around a name that begins with a digit."
            ),
            ("SELECT 1e FROM t", "line 1, column 8: found '1e', expected a number. Give the exponent its digits: 1e3."),
            ("SELECT 1e999 FROM t", "line 1, column 8: found '1e999', expected a number. Numbers reach to 1.797e308."),
            (
                "SELECT /* a FROM t",
                "line 1, column 8: found a comment without its end, expected */ behind the comment. Close the comment with */."
            ),
            (
                "SELECT [a FROM t",
                "line 1, column 8: found a name without its end, expected ] behind a name. Close the name with ]."
            ),
            (
                "SELECT [] FROM t",
                "line 1, column 8: found [], expected a name between the brackets. Write the column's name: [name with spaces]."
            ),
            (
                "SELECT a || b FROM t",
                "line 1, column 10: found '|', expected a name, a constant or an operator. Write + or CONCAT to join texts."
            ),
            (
                "SELECT ‘a’ FROM t",
                "line 1, column 8: found the character U+2018, expected a name, a constant or an operator. Put plain quotes around texts: 'text'."
            ),
            (
                "SELECT (a FROM t",
                "line 1, column 11: found 'FROM', expected an operator, a comma or ). Close the parenthesis with )."
            ),
            (
                "SELECT a[x] FROM t",
                "line 1, column 10: found 'x', expected an element's number. Write the number of an element, from 0: a[0]."
            ),
            (
                "SELECT a. FROM t",
                "line 1, column 11: found 'FROM', expected a member's name. Write the name of a member behind the point."
            ),
            (
                "SELECT a < b < c FROM t",
                "line 1, column 14: found '<', expected AND, OR or the end. Compare two values at a time: a < b AND b < c."
            ),
            (
                "SELECT a FROM t WHERE a NOT = 1",
                "line 1, column 29: found '=', expected IN, BETWEEN or LIKE. Write NOT before the whole comparison."
            ),
            (
                "SELECT a FROM t WHERE a IS 1",
                "line 1, column 28: found '1', expected NULL. Write IS NULL or IS NOT NULL."
            ),
            (
                "SELECT CASE a END FROM t",
                "line 1, column 15: found 'END', expected WHEN. Write CASE WHEN condition THEN value ELSE value END."
            ),
            (
                "SELECT CASE WHEN a THEN 1 FROM t",
                "line 1, column 27: found 'FROM', expected WHEN, ELSE or END. End CASE with END."
            ),
            (
                "SELECT CAST(a AS integer) FROM t",
                "line 1, column 18: found 'integer', expected a type: bigint, float, nvarchar(max), datetime or bit. Write bigint."
            ),
            (
                "SELECT CAST(a AS nvarchar(20)) FROM t",
                "line 1, column 27: found '20', expected MAX. Texts have no limit: write nvarchar(max)."
            ),
            (
                "SELECT DISTINCT a FROM t",
                "line 1, column 8: found 'DISTINCT', expected a column, an expression or *. Group by the columns and a window instead."
            ),
            (
                "SELECT TOP 5 a FROM t",
                "line 1, column 8: found 'TOP', expected a column, an expression or *. Write TOPONE() or COLLECTTOP() with a window."
            ),
            (
                "SELECT a FROM t ORDER BY a",
                "line 1, column 17: found 'ORDER', expected UNION or the end. Results come in the order of their time; leave the clause out."
            ),
            (
                "SELECT a FROM t RIGHT JOIN u ON t.a = u.a",
                "line 1, column 17: found 'RIGHT', expected JOIN or LEFT OUTER JOIN. Exchange the inputs and write LEFT OUTER JOIN."
            ),
            (
                "SELECT select FROM t",
                "line 1, column 8: found 'select', expected a column, a constant, a function or a parenthesis. Put [ and ] around a column whose name is a keyword: [select]."
            ),
            (
                "SELECT a FROM t WHERE a IN 5",
                "line 1, column 28: found '5', expected (. Write the values in parentheses: IN (1, 2)."
            ),
            (
                "WITH s AS SELECT a FROM t SELECT a FROM s",
                "line 1, column 11: found 'SELECT', expected (. Write WITH name AS (SELECT …)."
            ),
            (
                "CREATE FUNCTION f(x) AS x SELECT 1 FROM t",
                "line 1, column 27: found 'SELECT', expected an operator or ;. End the function with a semicolon."
            ),
            (
                "SELECT LAG(a) OVER (LIMIT DURATION(minute 5)) FROM t",
                "line 1, column 43: found '5', expected ,. Write a unit and a length: DURATION(minute, 5)."
            ),
            (
                "SELECT LAG(a) OVER (LIMIT DURATION(minute, 5) PARTITION BY b) FROM t",
                "line 1, column 47: found 'PARTITION', expected PARTITION BY, ORDER BY, LIMIT DURATION, WHEN or ). Write PARTITION."
            ),
        ]
    )
    func syntax(query: String, expected: String) {
        #expect(StreamSQLErrorTests.error(query) == expected)
    }

    @Test(
        "a fault in the meaning is told in the same way",
        arguments: [
            (
                "SELECT CUONT(*) FROM t",
                "line 1, column 8: found 'CUONT', expected the name of a function. Write COUNT."
            ),
            (
                "SELECT ISNULL(a, 1) FROM t",
                "line 1, column 8: found 'ISNULL', expected the name of a function. Write COALESCE."
            ),
            (
                "SELECT udf.f(a) FROM t",
                "line 1, column 8: found 'udf.f', expected the name of a function. The page Language lists the functions; CREATE FUNCTION makes one."
            ),
            (
                "SELECT LEN(a, b) AS l FROM t",
                "line 1, column 8: found LEN with 2 arguments, expected 1. Give LEN 1 argument."
            ),
            (
                "SELECT CHARINDEX('a') FROM t",
                "line 1, column 8: found CHARINDEX with 1 argument, expected 2 to 3. Give CHARINDEX 2 to 3 arguments."
            ),
            (
                "SELECT DATEDIFF(minuet, a, b) FROM t",
                "line 1, column 17: found 'minuet', expected a unit: year, quarter, month, dayofyear, day, week, weekday, hour, minute, second, millisecond, microsecond. Write minute."
            ),
            (
                "SELECT COUNT(*) FROM t",
                "line 1, column 8: found the aggregate COUNT, expected a window in GROUP BY. Add GROUP BY TumblingWindow(second, 10)."
            ),
            (
                "SELECT a FROM t WHERE AVG(b) > 1",
                "line 1, column 23: found the aggregate AVG, expected a window in GROUP BY. Add GROUP BY TumblingWindow(second, 10)."
            ),
            (
                "SELECT AVG(a) FROM t WHERE AVG(b) > 1 GROUP BY TumblingWindow(second, 1)",
                "line 1, column 28: found the aggregate AVG, expected an expression without aggregates. Compute it in a step of WITH, or compare it in HAVING."
            ),
            (
                "SELECT AVG(SUM(a)) FROM t GROUP BY TumblingWindow(second, 1)",
                "line 1, column 12: found the aggregate SUM, expected an expression without aggregates. Compute it in a step of WITH, or compare it in HAVING."
            ),
            (
                "SELECT a FROM t GROUP BY b, TumblingWindow(second, 1)",
                "line 1, column 8: found 'a', expected an aggregate or a key of GROUP BY. Add a to GROUP BY, or write an aggregate such as MAX(a)."
            ),
            (
                "SELECT * FROM t GROUP BY b, TumblingWindow(second, 1)",
                "line 1, column 8: found *, expected keys of GROUP BY and aggregates. Write what a group shows: SELECT deviceId, AVG(temperature)."
            ),
            (
                "SELECT b FROM t GROUP BY b",
                "line 1, column 26: found GROUP BY without a window, expected a window: TumblingWindow, HoppingWindow, SlidingWindow, SessionWindow, SnapshotWindow, Windows or System.Timestamp(). Add a window: GROUP BY b, TumblingWindow(second, 10)."
            ),
            (
                "SELECT b FROM t GROUP BY b, DATEPART(minute, System.Timestamp())",
                "line 1, column 29: found GROUP BY without a window, expected a window: TumblingWindow, HoppingWindow, SlidingWindow, SessionWindow, SnapshotWindow, Windows or System.Timestamp(). Add a window: GROUP BY DATEPART(minute, System.Timestamp()), TumblingWindow(second, 10)."
            ),
            (
                "SELECT b FROM t GROUP BY b, TumblingWindw(second, 1)",
                "line 1, column 29: found 'TumblingWindw', expected a window or a key. Write TumblingWindow."
            ),
            (
                "SELECT b FROM t GROUP BY b, TumblingWindow(month, 1)",
                "line 1, column 44: found 'month', expected day, hour, minute, second or millisecond. Write the length in a unit that is always the same: day, 7."
            ),
            (
                "SELECT b FROM t GROUP BY b, TumblingWindow(day, 8)",
                "line 1, column 49: found 8, expected the window's size in whole milliseconds, from 1 ms to 604800000 ms. Write a number of days in this range."
            ),
            (
                "SELECT b FROM t GROUP BY b, TumblingWindow(second, 0)",
                "line 1, column 52: found 0, expected the window's size in whole milliseconds, from 1 ms to 604800000 ms. Write a number of seconds in this range."
            ),
            (
                "SELECT b FROM t GROUP BY b, TumblingWindow(second, c)",
                "line 1, column 52: found 'c', expected the window's size, which must be a constant. Write a number or a text instead of a column."
            ),
            (
                "SELECT b FROM t GROUP BY b, HoppingWindow(second, 10)",
                "line 1, column 29: found HoppingWindow with 2 arguments, expected a unit and 2 to 3 lengths. Write HoppingWindow(second, 60, 10)."
            ),
            (
                "SELECT b FROM t GROUP BY b, HoppingWindow(second, 10, 11)",
                "line 1, column 55: found 11, expected the hop in whole milliseconds, from 1 ms to 10000 ms. Write a number of seconds in this range."
            ),
            (
                "SELECT b FROM t GROUP BY b, TumblingWindow(second, 1), SlidingWindow(second, 1)",
                "line 1, column 56: found a second window, expected one window. Write Windows(TumblingWindow(second, 1), SlidingWindow(second, 1)) for both."
            ),
            (
                "SELECT b FROM t GROUP BY b, SessionWindow(second, 5, 60) OVER (PARTITION BY c)",
                "line 1, column 77: found 'c', expected a key of GROUP BY. Add it to GROUP BY: the sessions are those of each group."
            ),
            (
                "SELECT TumblingWindow(second, 1) FROM t",
                "line 1, column 8: found TumblingWindow, expected a value. Windows stand in GROUP BY."
            ),
            (
                "SELECT a FROM t HAVING a > 1",
                "line 1, column 24: found HAVING without GROUP BY, expected a window in GROUP BY. Write WHERE for a condition about single events."
            ),
            (
                "SELECT System.Window().Id FROM t",
                "line 1, column 8: found System.Window(), expected a query with a window in GROUP BY. Write System.Timestamp() for the event's time."
            ),
            (
                "SELECT a, b AS a FROM t",
                "line 1, column 16: found a second column a, expected each column under a name of its own. Give one of them another name: b AS other."
            ),
            (
                "SELECT a FROM t WHERE 5",
                "line 1, column 23: found 5, expected a condition. Compare it with something: 5 = 1."
            ),
            (
                "SELECT LAG(a) FROM t",
                "line 1, column 8: found LAG without LIMIT DURATION, expected OVER (LIMIT DURATION(unit, length)). Say how far it looks back: OVER (LIMIT DURATION(hour, 1))."
            ),
            (
                "SELECT LAG(a, 0) OVER (LIMIT DURATION(hour, 1)) FROM t",
                "line 1, column 15: found 0, expected the offset: a whole number from 1 to 10000. Write a number in this range."
            ),
            (
                "SELECT LAG(AVG(a)) OVER (LIMIT DURATION(hour, 1)) FROM t GROUP BY TumblingWindow(second, 1)",
                "line 1, column 8: found LAG, which sees events one by one, expected an aggregate or a key of GROUP BY. Put the groups into a step of WITH and LAG into the query that reads it."
            ),
            (
                "SELECT LAG(LAST(a) OVER (LIMIT DURATION(hour, 1))) OVER (LIMIT DURATION(hour, 1)) FROM t",
                "line 1, column 12: found LAST, which sees events one by one, expected an expression without LAST. Compute it in a step of WITH first."
            ),
            (
                "SELECT AnomalyDetection_SpikeAndDip(a, 101, 120, 'spikes') OVER (LIMIT DURATION(hour, 1)) FROM t",
                "line 1, column 40: found 101, expected the confidence in percent, from 1 to 100. Write 95."
            ),
            (
                "SELECT AnomalyDetection_SpikeAndDip(a, 95, 120, 'up') OVER (LIMIT DURATION(hour, 1)) FROM t",
                "line 1, column 49: found 'up', expected 'spikes', 'dips' or 'spikesanddips'. Write 'spikesanddips'."
            ),
            (
                "SELECT PERCENTILE_CONT(95) OVER (ORDER BY a) FROM t GROUP BY TumblingWindow(second, 1)",
                "line 1, column 24: found PERCENTILE_CONT(95) OVER (ORDER BY a), expected a part from 0 to 1, and one value to order by. Write PERCENTILE_CONT(0.95) OVER (ORDER BY value)."
            ),
            (
                "SELECT TOPONE(a) FROM t GROUP BY TumblingWindow(second, 1)",
                "line 1, column 8: found TOPONE without ORDER BY, expected OVER (ORDER BY …). Write TOPONE(…) OVER (ORDER BY column DESC)."
            ),
            (
                "SELECT SUM(DISTINCT a) FROM t GROUP BY TumblingWindow(second, 1)",
                "line 1, column 8: found SUM(DISTINCT …), expected a value. Only COUNT takes * and DISTINCT."
            ),
            (
                "SELECT a FROM t JOIN u ON t.a = u.a",
                "line 1, column 27: found a join of two streams without both bounds in time, expected DATEDIFF(unit, t, u) BETWEEN low AND high in ON. Add AND DATEDIFF(minute, t, u) BETWEEN 0 AND 5."
            ),
            (
                "SELECT t.a FROM t JOIN u ON t.a = u.a AND DATEDIFF(minute, t, u) < 5",
                "line 1, column 29: found a join of two streams without both bounds in time, expected DATEDIFF(unit, t, u) BETWEEN low AND high in ON. Add AND DATEDIFF(minute, t, u) BETWEEN 0 AND 5."
            ),
            (
                "SELECT t.a FROM t JOIN u ON DATEDIFF(day, t, u) BETWEEN 0 AND 8",
                "line 1, column 29: found DATEDIFF(day, …) from 0 to 8, expected events at most 7 days apart. Write other bounds."
            ),
            (
                "SELECT a FROM t JOIN u ON DATEDIFF(day, t, u) BETWEEN 0 AND 1",
                "line 1, column 8: found 'a', expected a column behind the name of its input: t, u. Write t.a."
            ),
            (
                "SELECT t.a FROM t JOIN t ON DATEDIFF(day, t, t) BETWEEN 0 AND 1",
                "line 1, column 24: found a second input t, expected each input under a name of its own. Give one of them an alias: t AS other."
            ),
            (
                "SELECT telemetry.a FROM telemetry t",
                "line 1, column 8: found 'telemetry', expected the input's alias t. Write t before the point."
            ),
            (
                "SELECT DATEDIFF(second, t, a) FROM t",
                "line 1, column 25: found an input, expected an instant. Inputs are compared in the ON of a JOIN only; write the column with the time."
            ),
            (
                "SELECT a FROM registry",
                "line 1, column 15: found 'registry', expected a topic or a step. Read a topic and JOIN registry to it: it has records and no events."
            ),
            ("SELECT x.* FROM t", "line 1, column 8: found 'x', expected an input: t. Write t.*."),
            (
                "WITH s AS (SELECT temp FROM t) SELECT tmp FROM s",
                "line 1, column 39: found 'tmp', expected a column of s: temp. Write temp."
            ),
            (
                "WITH s AS (SELECT a FROM t), S AS (SELECT a FROM t) SELECT a FROM s",
                "line 1, column 30: found a second step S, expected each name once. Give the step another name."
            ),
            (
                "WITH s AS (SELECT a INTO x FROM t) SELECT a FROM s",
                "line 1, column 26: found INTO x, expected FROM. Only the queries behind WITH say where results go; leave INTO out here."
            ),
            (
                "SELECT a FROM t; SELECT b FROM t",
                "line 1, column 18: found a query without INTO, expected INTO and a topic before FROM. Say where the results go: SELECT … INTO warm FROM telemetry."
            ),
            (
                "SELECT a INTO o FROM t; SELECT b INTO o FROM t",
                "line 1, column 39: found a second query INTO o, expected each topic once. Join the queries with UNION ALL."
            ),
            (
                "SELECT a INTO t FROM t",
                "line 1, column 15: found the topic t, which the query reads, expected another topic. A query must not read its own results: write them INTO a topic of their own."
            ),
            (
                "SELECT a FROM t UNION SELECT b FROM t",
                "line 1, column 23: found the columns b, expected those of the first SELECT: a. Give the columns of a UNION the same names in the same order."
            ),
            (
                "SELECT IoTHub.ConnectionDeviceID2 FROM t",
                "line 1, column 8: found 'IoTHub.ConnectionDeviceID2', expected one of IoTHub.ConnectionDeviceId, IoTHub.ConnectionModuleId, IoTHub.CorrelationId, IoTHub.EnqueuedTime, IoTHub.MessageId. Write IoTHub.ConnectionDeviceId."
            ),
            (
                "CREATE FUNCTION f(x) AS y; SELECT 1 AS o FROM t",
                "line 1, column 25: found 'y', expected a parameter: x. Write x."
            ),
            (
                "CREATE FUNCTION f(x) AS f(x); SELECT 1 AS o FROM t",
                "line 1, column 25: found 'f', expected a function of the language or one created before. A function cannot call itself; write it without."
            ),
            (
                "CREATE FUNCTION len(x) AS x; SELECT 1 AS o FROM t",
                "line 1, column 17: found a second function len, expected each name once, and none of the language's own. Give the function another name."
            ),
            (
                "CREATE FUNCTION f(x) AS x; SELECT f(1, 2) AS o FROM t",
                "line 1, column 35: found f with 2 arguments, expected 1. Write f(x)."
            ),
        ]
    )
    func meaning(query: String, expected: String) {
        #expect(StreamSQLErrorTests.error(query) == expected)
    }

    @Test("topics and files that do not exist are told by the nearest name")
    func names() {
        let options = QueryOptions(topics: ["telemetry", "twin-changes"], files: ["sites.csv"], requiresInto: true)
        #expect(
            StreamSQLErrorTests.error("SELECT * INTO o FROM telemetri", options)
                == "line 1, column 22: found 'telemetri', expected a topic or a step of WITH. Write telemetry."
        )
        #expect(
            StreamSQLErrorTests.error("SELECT * INTO o FROM twin-change", options)
                == "line 1, column 22: found 'twin-change', expected a topic or a step of WITH. Write [twin-changes]."
        )
        #expect(
            StreamSQLErrorTests.error("SELECT t.a INTO o FROM telemetry t JOIN site.csv s ON s.a = t.a", options)
                == "line 1, column 41: found 'site.csv', expected a file with reference data. Write [sites.csv]."
        )
        #expect(
            StreamSQLErrorTests.error("SELECT * FROM telemetry", options)
                == "line 1, column 1: found a query without INTO, expected INTO and a topic before FROM. Say where the results go: SELECT … INTO warm FROM telemetry."
        )
        #expect(StreamSQLErrorTests.error("SELECT * INTO o FROM twin-changes", options) == "no error")
    }

    @Test(
        "both sides of the limits: length, levels, lists, inner queries",
        arguments: [
            ("SELECT 1 AS a FROM t" + String(repeating: " ", count: 65_536 - 20), nil),
            ("SELECT 1 AS a FROM t" + String(repeating: " ", count: 65_537 - 20), "65537 bytes"),
            (
                "SELECT " + String(repeating: "(", count: 99) + "1" + String(repeating: ")", count: 99)
                    + " AS a FROM t", nil
            ),
            (
                "SELECT " + String(repeating: "(", count: 100) + "1" + String(repeating: ")", count: 100)
                    + " AS a FROM t", "100 levels"
            ),
            ("SELECT a" + String(repeating: "+a", count: 99) + " AS b FROM t", nil),
            ("SELECT a" + String(repeating: "+a", count: 100) + " AS b FROM t", "100 levels"),
            ("SELECT a FROM t WHERE " + String(repeating: "NOT ", count: 99) + "a", nil),
            ("SELECT a FROM t WHERE " + String(repeating: "NOT ", count: 100) + "a", "100 levels"),
            ("SELECT a FROM t WHERE a IN (1" + String(repeating: ",1", count: 998) + ")", nil),
            ("SELECT a FROM t WHERE a IN (1" + String(repeating: ",1", count: 1_000) + ")", "1000 things"),
            (
                String(repeating: "SELECT * FROM (", count: 8) + "SELECT * FROM t" + String(repeating: ")", count: 8),
                nil
            ),
            (
                String(repeating: "SELECT * FROM (", count: 9) + "SELECT * FROM t" + String(repeating: ")", count: 9),
                "8 queries"
            ),
        ] as [(String, String?)]
    )
    func limits(query: String, fault: String?) {
        let error = StreamSQLErrorTests.error(query)
        #expect(fault.map { error.contains($0) } ?? (error == "no error"), "\(error.prefix(200))")
    }

    @Test("functions that multiply one another are refused before they fill the memory")
    func explosion() {
        var query = "CREATE FUNCTION f0(x) AS x + x;"
        for level in 1...40 { query += "CREATE FUNCTION f\(level)(x) AS f\(level - 1)(x) + f\(level - 1)(x);" }
        let error = StreamSQLErrorTests.error(query + "SELECT f40(a) AS b FROM t")
        #expect(error.contains("expected fewer, once functions stand for their calls"), "\(error.prefix(200))")
    }
}
