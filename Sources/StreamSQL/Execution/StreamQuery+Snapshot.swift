package import TelemetryModel

extension StreamQuery {
    /// The layout's version.
    private static let version: Int64 = 1

    /// Writes everything that later results depend on. To be called between two records.
    package func snapshot(into state: inout StateWriter) {
        state.write(StreamQuery.version)
        state.write(self.plan.text.utf8)
        self.timelines.snapshot(into: &state)
        self.wakes.snapshot(into: &state)
        for time in self.wakeTimes { state.write(time) }
        self.backlogEnds.snapshot(into: &state)
        state.write(self.nextEarly)
        state.write(self.nextSweep)
        for stage in self.stages.joined() { stage.snapshot(into: &state) }
        for rows in self.distinct { rows?.snapshot(into: &state) }
    }

    /// Takes up where a snapshot of the same query, with the same environment, was written.
    ///
    /// - Throws: When the bytes are not such a snapshot; then this value must not be used.
    package mutating func restore(_ state: inout StateReader) throws(StateReader.Fault) {
        guard try state.readInt64() == StreamQuery.version, try state.readBytes() == Array(self.plan.text.utf8) else {
            throw state.fault
        }
        self.timelines = try Timelines(restoring: &state, policies: self.timelines.policies)
        guard self.timelines.end > 0, self.timelines.keys.isUsed(0) else { throw state.fault }
        self.wakes = try DueQueue(restoring: &state, limit: self.timelines.end)
        self.wakeTimes = []
        for _ in 0..<self.timelines.end { self.wakeTimes.append(try state.readInt64()) }
        self.backlogEnds = try DueQueue(restoring: &state, limit: self.timelines.end)
        self.hasBacklogEnd = Array(repeating: false, count: self.timelines.end)
        for number in self.backlogEnds.numbers { self.hasBacklogEnd[Int(number)] = true }
        self.nextEarly = try state.readInt64()
        self.nextSweep = try state.readInt64()
        for step in self.stages.indices {
            for index in self.stages[step].indices {
                try self.stages[step][index].restore(&state, timelines: self.timelines.end)
            }
        }
        for step in self.distinct.indices where self.distinct[step] != nil {
            self.distinct[step] = try DistinctRows(restoring: &state)
        }
    }
}
