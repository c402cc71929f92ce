internal import TelemetryModel

extension GroupStage {
    func snapshot(into state: inout StateWriter) {
        self.keys.snapshot(into: &state)
        for group in 0..<self.keys.end {
            StreamValue.writeAll(self.keyValues[group], to: &state)
            state.write(Int64(self.timelines[group]))
        }
        state.write(self.nextSweep)
        for panes in self.panes { panes.snapshot(into: &state) }
        for sessions in self.sessions { sessions.snapshot(into: &state) }
    }

    mutating func restore(_ state: inout StateReader, timelines: Int) throws(StateReader.Fault) {
        self.keys = try KeyTable(restoring: &state)
        for group in 0..<self.keys.end {
            self.keyValues.append(try StreamValue.readAll(&state))
            guard let timeline = Int32(exactly: try state.readInt64()), timeline >= 0, timeline < timelines,
                !self.keys.isUsed(group) || self.keyValues[group].count == self.plan.keys.count
            else { throw state.fault }
            self.timelines.append(timeline)
            if self.keys.isUsed(group) { self.keyBytes += 2 * self.keys.key(group).count + 128 }
        }
        self.nextSweep = try state.readInt64()
        for place in self.panes.indices { try self.panes[place].restore(&state, groups: self.keys.end) }
        for place in self.sessions.indices { try self.sessions[place].restore(&state, groups: self.keys.end) }
    }
}
