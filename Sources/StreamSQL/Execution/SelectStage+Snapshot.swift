internal import TelemetryModel

extension SelectStage {
    func snapshot(into state: inout StateWriter) {
        for series in self.analytics { series.snapshot(into: &state) }
        for join in self.joins { join.snapshot(into: &state) }
        for join in self.backlogJoins { join.snapshot(into: &state) }
        for input in self.buffers.indices where self.isBuffered[input] { self.buffers[input].snapshot(into: &state) }
        for group in self.groups { group.snapshot(into: &state) }
    }

    mutating func restore(_ state: inout StateReader, timelines: Int) throws(StateReader.Fault) {
        for index in self.analytics.indices { try self.analytics[index].restore(&state) }
        let form = FlowRow.Form(slots: self.plan.slotCount, timelines: timelines)
        for index in self.joins.indices { try self.joins[index].restore(&state, form) }
        for index in self.backlogJoins.indices { try self.backlogJoins[index].restore(&state, form) }
        for input in self.buffers.indices where self.isBuffered[input] {
            self.buffers[input] = try ReorderBuffer(restoring: &state, form)
        }
        for index in self.groups.indices { try self.groups[index].restore(&state, timelines: timelines) }
    }
}
