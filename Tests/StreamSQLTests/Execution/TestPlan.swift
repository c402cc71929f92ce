import TelemetryJSON
import TelemetryModel

@testable import StreamSQL

/// Plans made by hand, for tests of the executor alone: slots 0 to 3 are `device`, `v`, `ts` and `n`.
enum TestPlan {
    static let device = TestPlan.slot(0, "device")
    static let value = TestPlan.slot(1, "v")
    static let timestamp = TestPlan.slot(2, "ts")

    static func slot(_ slot: Int, _ text: String) -> CompiledExpression {
        CompiledExpression(
            text: text,
            constant: nil,
            slot: slot,
            evaluation: { (row) throws(StreamFault) in row.slots[slot] },
            test: { (row) throws(StreamFault) in
                switch row.slots[slot] {
                case .bit(let value): StreamTruth(value)
                default: .unknown
                }
            }
        )
    }

    static func condition(
        _ text: String,
        _ test: @escaping @Sendable (StreamRow) throws(StreamFault) -> Bool
    ) -> CompiledExpression {
        CompiledExpression(
            text: text,
            constant: nil,
            slot: nil,
            evaluation: { (row) throws(StreamFault) in .bit(try test(row)) },
            test: { (row) throws(StreamFault) in StreamTruth(try test(row)) }
        )
    }

    static func input(_ topic: String = "t", isOver: Bool = true, hasTimestamp: Bool = true) -> InputPlan {
        InputPlan(
            source: .topic(topic),
            alias: topic,
            role: .main,
            timestamp: hasTimestamp ? InstantExpression(TestPlan.timestamp) : nil,
            overKeys: isOver && hasTimestamp ? [TestPlan.device] : [],
            reads: [
                .pathElseDevice(JSONPath(names: "device")), .path(JSONPath(names: "v")),
                .path(JSONPath(names: "ts")), .path(JSONPath(names: "n")),
            ],
            firstSlot: 0
        )
    }

    /// `SELECT f(v), … GROUP BY device, window`.
    static func grouped(
        _ kind: WindowPlan.Kind,
        _ functions: [AggregateFunction] = [.countRows],
        offset: Int64 = 0,
        byDevice: Bool = true,
        isOver: Bool = true
    ) -> QueryPlan {
        let aggregates = functions.map { function in
            AggregatePlan(
                function: function,
                argument: function == .countRows ? nil : TestPlan.value,
                order: [],
                text: "\(function)"
            )
        }
        let group = GroupPlan(
            windows: [WindowPlan(kind: kind, offset: offset, id: nil)],
            keys: byDevice ? [TestPlan.device] : [],
            aggregates: aggregates,
            having: nil
        )
        let items = functions.indices.map { index in
            ProjectionPlan.Item.value(name: "a\(index)", TestPlan.slot(group.firstAggregateSlot + index, "a"))
        }
        return TestPlan.query(
            SelectPlan(
                inputs: [TestPlan.input(isOver: isOver)],
                slotCount: 4,
                analytics: [],
                filter: nil,
                group: group,
                projection: ProjectionPlan(items: items)
            )
        )
    }

    /// `SELECT v, f(v) OVER (PARTITION BY device …)`.
    static func analytic(
        _ function: AnalyticFunction,
        limit: Int64?,
        when: CompiledExpression? = nil,
        hasDefault: Bool = false
    ) -> QueryPlan {
        let analytic = AnalyticPlan(
            function: function,
            input: 0,
            slot: 4,
            argument: TestPlan.value,
            defaultValue: hasDefault ? TestPlan.value : nil,
            partitionBy: [TestPlan.device],
            limit: limit,
            when: when,
            order: [],
            text: "\(function)"
        )
        return TestPlan.query(
            SelectPlan(
                inputs: [TestPlan.input()],
                slotCount: 5,
                analytics: [analytic],
                filter: nil,
                group: nil,
                projection: ProjectionPlan(items: [.value(name: "f", TestPlan.slot(4, "f"))])
            )
        )
    }

    static func query(_ select: SelectPlan) -> QueryPlan {
        QueryPlan(
            text: "made by hand",
            steps: [
                StepPlan(
                    name: "out",
                    topic: "out",
                    selects: [select],
                    removesDuplicates: false,
                    columns: nil,
                    isPrinted: false
                )
            ]
        )
    }
}
