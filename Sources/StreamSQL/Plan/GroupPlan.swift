/// `GROUP BY`: one result for each window and each value of the keys.
///
/// A group's row has in its slots the keys, then the aggregates, then the window's name and its start; its time is the
/// window's end.
package struct GroupPlan: Sendable {
    /// One, or those of `Windows(…)`: each gives results of its own.
    package var windows: [WindowPlan]
    /// Over the row before grouping. Keys are equal as ``StreamValue`` says.
    package var keys: [CompiledExpression]
    /// Their arguments read the row before grouping.
    package var aggregates: [AggregatePlan]
    /// Over the group's row.
    package var having: CompiledExpression?

    /// Where the aggregates begin.
    package var firstAggregateSlot: Int { self.keys.count }
    /// Where ``WindowPlan/id`` goes, as text; `NULL` when it has none.
    package var windowIDSlot: Int { self.keys.count + self.aggregates.count }
    /// Where the window's start goes, as `datetime`.
    package var windowStartSlot: Int { self.windowIDSlot + 1 }
    /// Slots of a group's row.
    package var slotCount: Int { self.windowIDSlot + 2 }
}
