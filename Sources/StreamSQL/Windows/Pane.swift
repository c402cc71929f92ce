internal import TelemetryModel

/// What a group holds of one pane: its aggregates, and the records that they are made of.
struct Pane: Sendable {
    /// The last instant of the pane, in milliseconds since 1970.
    var end: Int64
    /// The end of the group's pane before this one, also when that is no longer kept.
    var previousEnd: Int64
    /// One for each aggregate of the query.
    var states: [AggregateState]
    var spans: InputSpans
    /// Bytes of memory, about.
    var byteCount: Int
    /// Whether rows may be missing because what came before was no longer kept.
    var isPartial = false
    /// Whether rows came after the last early result.
    var isChanged = true
}

extension Pane {
    func snapshot(into state: inout StateWriter) {
        state.write(self.end)
        state.write(self.previousEnd)
        for aggregate in self.states { aggregate.snapshot(into: &state) }
        self.spans.snapshot(into: &state)
        state.write(self.byteCount)
        state.write(self.isPartial)
        state.write(self.isChanged)
    }

    /// A pane of so many aggregates.
    init(restoring state: inout StateReader, aggregates: Int) throws(StateReader.Fault) {
        self.end = try state.readInt64()
        self.previousEnd = try state.readInt64()
        self.states = []
        for _ in 0..<aggregates { self.states.append(try AggregateState(restoring: &state)) }
        self.spans = try InputSpans(restoring: &state)
        self.byteCount = Int(truncatingIfNeeded: try state.readInt64())
        self.isPartial = try state.readBool()
        self.isChanged = try state.readBool()
        guard (0...(1 << 48)).contains(self.byteCount) else { throw state.fault }
    }
}
