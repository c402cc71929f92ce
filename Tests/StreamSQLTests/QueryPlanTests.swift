import StreamSQL
import TelemetryJSON
import TelemetryModel
import Testing

@Suite("plan: what the executor is given")
struct QueryPlanTests {
    private static func select(_ query: String) throws -> SelectPlan {
        let plan = try QueryPlan(query)
        return try #require(plan.steps.last?.selects.first)
    }

    @Test("each path is read once, into the slots of its input, and metadata are no paths")
    func reads() throws {
        let select = try QueryPlanTests.select(
            "SELECT b.y, a.x.z AS z, a.PartitionId INTO o FROM a JOIN b ON a.id = b.id AND DATEDIFF(second, a, b) BETWEEN 0 AND 5 "
                + "WHERE a.x.z > b.y AND LAG(a.x.z) OVER (LIMIT DURATION(minute, 1)) > 0"
        )
        #expect(select.inputs.map(\.firstSlot) == [0, 3])
        #expect(
            select.inputs[0].reads == [
                .path(JSONPath(names: "id")), .path(JSONPath(names: "x", "z")), .metadata(.partition),
            ]
        )
        #expect(select.inputs[1].reads == [.path(JSONPath(names: "id")), .path(JSONPath(names: "y"))])
        #expect(select.inputs[0].paths.map(\.slot) == [0, 1])
        #expect(select.analytics.map(\.slot) == [5])
        #expect(select.slotCount == 6)
    }

    @Test("columns of a step are found by place, their members by path")
    func stepColumns() throws {
        let plan = try QueryPlan("WITH s AS (SELECT a, b.c FROM t) SELECT c.d, a INTO o FROM s")
        #expect(plan.steps[0].columns == ["a", "c"])
        #expect(plan.steps[1].selects[0].inputs[0].source == .step(0))
        #expect(
            plan.steps[1].selects[0].inputs[0].reads == [.column(1, JSONPath(names: "d")), .column(0, JSONPath([]))]
        )
        #expect(plan.topics == ["t"])
        #expect(plan.outputs == ["o"])
        let star = try QueryPlan("WITH s AS (SELECT * FROM t) SELECT c.d FROM s")
        #expect(star.steps[0].columns == nil)
        #expect(star.steps[1].selects[0].inputs[0].reads == [.path(JSONPath(names: "c", "d"))])
        #expect(star.steps[1].isPrinted)
    }

    @Test("a star over a step with known columns is these columns")
    func stepStar() throws {
        let plan = try QueryPlan("WITH s AS (SELECT a, b FROM t) SELECT *, a + 1 AS c FROM s")
        #expect(plan.steps[1].columns == ["a", "b", "c"])
    }

    @Test("a group's row holds keys, aggregates once each, and the window")
    func group() throws {
        let select = try QueryPlanTests.select(
            "SELECT d, AVG(x) AS m, AVG(t.x) * 2 AS n, COUNT(*) AS c, System.Window().Id AS w, System.Window().Start AS s, "
                + "System.Timestamp() AS e FROM t GROUP BY t.d, k.a, TumblingWindow(second, 10) HAVING MAX(y) > 1 AND k.a.b = 2"
        )
        let group = try #require(select.group)
        #expect(group.windows == [WindowPlan(kind: .tumbling(size: 10_000), offset: 0)])
        #expect(group.keys.map(\.text) == ["t.d", "t.k.a"])
        #expect(group.aggregates.map(\.function) == [.avg, .countRows, .max])
        #expect(group.aggregates.map { $0.argument == nil } == [false, true, false])
        #expect((group.windowIDSlot, group.windowStartSlot, group.slotCount) == (5, 6, 7))
        let row = StreamRow(
            slots: [
                .nvarchar("dev"), .record(StreamRecord([("b", .bigint(2))])), .float(1.5), .bigint(4), .float(3),
                .nvarchar("id"), .datetime(Timestamp(seconds: 20)),
            ],
            time: Timestamp(seconds: 30)
        )
        #expect(try group.having?.isTrue(row) == true)
        let record = try select.projection.record(row)
        #expect(record.fields.names == ["d", "m", "n", "c", "w", "s", "e"])
        #expect(
            record.values == [
                .nvarchar("dev"), .float(1.5), .float(3), .bigint(4), .nvarchar("id"),
                .datetime(Timestamp(seconds: 20)), .datetime(Timestamp(seconds: 30)),
            ]
        )
    }

    @Test(
        "windows of all kinds, in milliseconds",
        arguments: [
            ("TumblingWindow(second, 10)", .tumbling(size: 10_000), 0),
            ("Tumbling(Duration(hour, 1), Offset(millisecond, -1))", .tumbling(size: 3_600_000), -1),
            ("TumblingWindow(minute, 10, 2)", .tumbling(size: 600_000), 120_000),
            ("TumblingWindow(second, 0.5)", .tumbling(size: 500), 0),
            ("TumblingWindow(microsecond, 5000)", .tumbling(size: 5), 0),
            ("TumblingWindow(day, 7)", .tumbling(size: 604_800_000), 0),
            ("HoppingWindow(minute, 10, 5)", .hopping(size: 600_000, hop: 300_000), 0),
            (
                "Hopping(Duration(minute, 10), Hop(second, 30), Offset(second, 1))",
                .hopping(size: 600_000, hop: 30_000), 1_000
            ),
            ("SlidingWindow(hh, 1)", .sliding(size: 3_600_000), 0),
            ("SessionWindow(second, 30, 600)", .session(timeout: 30_000, durationMax: 600_000), 0),
            ("SessionWindow(second, 30)", .session(timeout: 30_000, durationMax: 604_800_000), 0),
            ("SnapshotWindow()", .snapshot, 0),
            ("System.Timestamp()", .snapshot, 0),
        ] as [(String, WindowPlan.Kind, Int64)]
    )
    func windows(text: String, kind: WindowPlan.Kind, offset: Int64) throws {
        let group = try #require(try QueryPlanTests.select("SELECT COUNT(*) FROM t GROUP BY \(text)").group)
        #expect(group.windows == [WindowPlan(kind: kind, offset: offset)])
    }

    @Test("Windows gives several, with their names")
    func severalWindows() throws {
        let group = try #require(
            try QueryPlanTests.select(
                "SELECT COUNT(*) FROM t GROUP BY Windows(Window('a', TumblingWindow(second, 1)), SlidingWindow(second, 2))"
            ).group
        )
        #expect(
            group.windows == [
                WindowPlan(kind: .tumbling(size: 1_000), offset: 0, id: "a"),
                WindowPlan(kind: .sliding(size: 2_000), offset: 0),
            ]
        )
    }

    @Test("System.Timestamp() beside a window is a key; PARTITION BY adds hidden keys")
    func hiddenKeys() throws {
        let group = try #require(
            try QueryPlanTests.select(
                "SELECT COUNT(*) FROM t PARTITION BY PartitionId GROUP BY System.Timestamp(), TumblingWindow(second, 1)"
            ).group
        )
        #expect(group.keys.map(\.text) == ["System.Timestamp()", "t.PartitionId"])
    }

    @Test(
        "the bounds of a join, whichever way they are written",
        arguments: [
            ("DATEDIFF(second, a, b) BETWEEN 0 AND 5", 0, 5),
            ("DATEDIFF(second, b, a) BETWEEN 0 AND 5", -5, 0),
            ("DATEDIFF(second, a, b) >= 0 AND DATEDIFF(second, a, b) < 5", 0, 4),
            ("0 < DATEDIFF(second, a, b) AND 5 >= DATEDIFF(second, a, b)", 1, 5),
            ("DATEDIFF(second, a, b) = 3", 3, 3),
            ("DATEDIFF(second, a, b) BETWEEN -1 AND 9 AND DATEDIFF(ss, A, B) <= 5", -1, 5),
        ]
    )
    func bounds(condition: String, lower: Int64, upper: Int64) throws {
        let select = try QueryPlanTests.select(
            "SELECT a.x FROM a JOIN b ON \(condition) AND a.id = b.id AND b.k = a.k + 1 AND b.y > 2"
        )
        guard case .streamJoin(let join) = select.inputs[1].role else {
            Issue.record("no stream join")
            return
        }
        #expect(join.bounds == [JoinBounds(other: 0, unit: .second, lower: lower, upper: upper)])
        #expect(join.equalities.map { "\($0.left.text) = \($0.right.text)" } == ["a.id = b.id", "a.k + 1 = b.k"])
        #expect(join.condition?.text == "b.y > 2")
        #expect(!join.isOuter)
    }

    @Test("the reach of a join's bounds holds all that the bounds allow")
    func reach() {
        let bounds = JoinBounds(other: 0, unit: .minute, lower: 0, upper: 5)
        let base = Timestamp(milliseconds: 59_999)
        #expect(bounds.contains(other: base, this: Timestamp(milliseconds: 359_999)))
        #expect(!bounds.contains(other: base, this: Timestamp(milliseconds: 360_000)))
        #expect(bounds.contains(other: base, this: Timestamp(milliseconds: 0)))
        #expect(!bounds.contains(other: base, this: Timestamp(milliseconds: -1)))
        #expect(bounds.reach == -60_000...360_000)
    }

    @Test("reference data is looked up by equality, and elements are applied")
    func references() throws {
        let select = try QueryPlanTests.select(
            "SELECT r.tags.site AS site, e.ArrayValue AS v, s.name FROM t LEFT JOIN registry r ON t.deviceId = r.deviceId "
                + "JOIN sites.csv s ON s.site = r.tags.site AND s.floor < 3 OUTER APPLY GetArrayElements(t.items) e"
        )
        #expect(select.inputs.map(\.source) == [.topic("t"), .registry, .file("sites.csv"), .elements])
        guard case .referenceJoin(let registry) = select.inputs[1].role,
            case .referenceJoin(let file) = select.inputs[2].role, case .apply(let apply) = select.inputs[3].role
        else {
            Issue.record("other roles")
            return
        }
        #expect(registry.isOuter && !file.isOuter && apply.isOuter)
        #expect(registry.equalities.map(\.left.text) == ["t.deviceId"])
        #expect(file.equalities.map(\.right.text) == ["s.site"])
        #expect(file.condition?.text == "s.floor < 3")
        #expect(apply.elements.text == "GetArrayElements(t.items)")
    }

    @Test("functions that look back: kind, history and series")
    func analytics() throws {
        let select = try QueryPlanTests.select(
            "SELECT LAG(x, 2, 7) OVER (PARTITION BY deviceId LIMIT DURATION(minute, 5) WHEN x > 0) AS l, "
                + "LAST(*) OVER (LIMIT DURATION(hour, 1)) AS w, ISFIRST(minute, 5) OVER (PARTITION BY k) AS f, "
                + "AnomalyDetection_SpikeAndDip(x, 95, 120, 'Dips') OVER (LIMIT DURATION(minute, 2)) AS s, "
                + "AnomalyDetection_ChangePoint(x, 80.5, 1200) OVER (LIMIT DURATION(minute, 20)) AS c, Anomaly(x) AS a, "
                + "AVG(x) OVER (LIMIT DURATION(minute, 1)) AS m, TOPONE(x) OVER (ORDER BY y DESC LIMIT DURATION(minute, 1)) AS t, "
                + "LAG(x, 2, 7) OVER (PARTITION BY deviceId LIMIT DURATION(minute, 5) WHEN x > 0) + 1 AS again FROM t"
        )
        #expect(
            select.analytics.map(\.function) == [
                .lag(offset: 2), .last, .isFirst(interval: 300_000),
                .spikeAndDip(confidence: 95, history: 120, mode: .dips), .changePoint(confidence: 80.5, history: 1_200),
                .anomaly, .aggregate(.avg), .aggregate(.topOne),
            ]
        )
        #expect(
            select.analytics.map(\.limit) == [300_000, 3_600_000, nil, 120_000, 1_200_000, nil, 60_000, 60_000]
        )
        #expect(select.analytics[0].defaultValue?.constant == .bigint(7))
        #expect(select.analytics[0].partitionBy.map(\.text) == ["t.deviceId"])
        #expect(select.analytics[0].when?.text == "t.x > 0")
        #expect(select.analytics[2].argument == nil)
        #expect(select.analytics[7].order.map(\.isDescending) == [true])
        #expect(select.analytics.map(\.slot) == Array(5..<13))
        #expect(select.inputs[0].reads.contains(.whole))
    }

    @Test("TIMESTAMP BY gives an instant, and says why there is none")
    func timestampBy() throws {
        let select = try QueryPlanTests.select("SELECT ts FROM t TIMESTAMP BY ts OVER deviceId, k")
        let timestamp = try #require(select.inputs[0].timestamp)
        #expect(select.inputs[0].overKeys.map(\.text) == ["t.deviceId", "t.k"])
        func instant(_ value: StreamValue) throws -> Timestamp {
            var row = StreamRow(slotCount: select.slotCount)
            row.slots[0] = value
            return try timestamp.instant(row)
        }
        #expect(try instant(.nvarchar("1970-01-01T00:00:05Z")) == Timestamp(seconds: 5))
        #expect(try instant(.datetime(Timestamp(seconds: 7))) == Timestamp(seconds: 7))
        #expect(throws: StreamFault("TIMESTAMP BY t.ts is NULL, not an instant")) { try instant(.null) }
        #expect(throws: StreamFault("TIMESTAMP BY t.ts is bigint 5, not an instant")) { try instant(.bigint(5)) }
    }

    @Test(
        "whether the time's slot is read elsewhere is known, so that a scanner may leave it empty",
        arguments: [
            ("SELECT a FROM t TIMESTAMP BY ts", false),
            ("SELECT * FROM t TIMESTAMP BY ts", false),
            ("SELECT a, ts FROM t TIMESTAMP BY ts", true),
            ("SELECT a FROM t TIMESTAMP BY ts WHERE YEAR(ts) > 2000", true),
            ("SELECT COUNT(*) FROM t TIMESTAMP BY ts OVER ts GROUP BY TumblingWindow(second, 1)", true),
            ("SELECT COUNT(*) FROM t TIMESTAMP BY ts GROUP BY ts, TumblingWindow(second, 1)", true),
            ("SELECT a FROM t TIMESTAMP BY DATEADD(second, ts, '1970-01-01')", true),
            ("SELECT a FROM t", true),
        ]
    )
    func timestampSlot(query: String, isReadElsewhere: Bool) throws {
        #expect(try QueryPlanTests.select(query).inputs[0].isTimestampReadElsewhere == isReadElsewhere)
    }

    @Test("functions of the user stand for their calls, with members of their arguments")
    func functions() throws {
        let select = try QueryPlanTests.select(
            "CREATE FUNCTION f(x) AS (x - 32) / 1.8; CREATE FUNCTION g(r) AS f(r.t) + GetArrayLength(r.a); "
                + "SELECT udf.g(event) AS c, f(x) AS d, COUNT(*) AS n FROM t GROUP BY event, f(x), TumblingWindow(second, 1)"
        )
        #expect(
            select.projection.items.map { item in
                if case .value(_, let expression) = item { expression.text } else { "" }
            } == ["(t.event.t - 32) / 1.8 + GetArrayLength(t.event.a)", "(t.x - 32) / 1.8", "COUNT(*)"]
        )
    }

    @Test("a star gives the event's members, of equal names the first")
    func star() throws {
        let select = try QueryPlanTests.select("SELECT a + 1 AS a, * FROM t")
        #expect(select.projection.fields == nil)
        var row = StreamRow(slotCount: select.slotCount)
        for (index, read) in select.inputs[0].reads.enumerated() {
            row.slots[index] =
                read == .whole ? .record(StreamRecord([("a", .bigint(1)), ("b", .bigint(2))])) : .bigint(1)
        }
        let record = try select.projection.record(row)
        #expect(record.fields.names == ["a", "b"])
        #expect(record.values == [.bigint(2), .bigint(2)])
    }

    @Test("UNION joins columns of the same names, once or all")
    func union() throws {
        let once = try QueryPlan("SELECT a FROM t UNION SELECT b AS a FROM u")
        #expect(once.steps[0].removesDuplicates && once.steps[0].selects.count == 2)
        #expect(once.topics == ["t", "u"])
        #expect(try QueryPlan("SELECT a FROM t UNION ALL SELECT a FROM u").steps[0].removesDuplicates == false)
    }

    @Test("EXPLAIN shows the plan as a tree")
    func explanation() throws {
        let plan = try QueryPlan(
            """
            WITH hot AS (SELECT deviceId, temperature FROM telemetry TIMESTAMP BY ts OVER deviceId WHERE temperature > 30)
            SELECT h.deviceId, COUNT(*) AS n INTO alerts-hot
            FROM hot h LEFT JOIN registry r ON r.deviceId = h.deviceId
            GROUP BY h.deviceId, HoppingWindow(minute, 10, 5) HAVING COUNT(*) > 2
            """
        )
        #expect(
            plan.explanation == """
                step hot (deviceId, temperature)
                  read topic telemetry AS telemetry
                    time telemetry.ts
                    a watermark for each telemetry.deviceId
                    reads ts, deviceId or the device, temperature
                  where telemetry.temperature > 30
                  column deviceId = telemetry.deviceId
                  column temperature = telemetry.temperature
                query INTO alerts-hot (deviceId, n)
                  read step hot AS h
                    reads column 1
                  left outer look-up in registry, as of the event's time AS r
                    match h.deviceId = r.deviceId
                    reads deviceId
                  group by h.deviceId, HoppingWindow(millisecond, 600000, 300000)
                    aggregate COUNT(*)
                    having COUNT(*) > 2
                  column deviceId = h.deviceId
                  column n = COUNT(*)

                """
        )
    }
}
