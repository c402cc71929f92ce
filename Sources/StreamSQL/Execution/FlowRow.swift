internal import TelemetryModel

/// A row on its way through a query.
struct FlowRow: Sendable {
    /// The slots and the time.
    var row: StreamRow
    /// Whose watermark it follows.
    var timeline: Int
    /// Whether it is backlog or was made of it.
    var isBacklog: Bool
    /// What it was made of.
    var spans: InputSpans
    /// The device's number in the executor's cache; -1 when its payload says another name, or it comes from a step.
    var device = -1
    /// The times of the inputs so far, only where streams are joined.
    var times: [Int64] = []

    /// Milliseconds since 1970.
    var time: Int64 {
        get { self.row.time.milliseconds }
        set { self.row.time = Timestamp(milliseconds: newValue) }
    }

    /// Bytes of memory, about.
    var byteCount: Int { self.row.slots.reduce(192) { $0 + $1.byteCount } }
}

extension FlowRow {
    /// What rows of a select look like.
    struct Form {
        var slots: Int
        /// Timelines' numbers are below it.
        var timelines: Int
    }

    func snapshot(into state: inout StateWriter) {
        StreamValue.writeAll(self.row.slots, to: &state)
        state.write(self.time)
        state.write(self.timeline)
        state.write(self.isBacklog)
        self.spans.snapshot(into: &state)
        state.write(self.times.count)
        for time in self.times { state.write(time) }
    }

    /// A row with so many times.
    init(restoring state: inout StateReader, _ form: Form, times: Int) throws(StateReader.Fault) {
        let slots = try StreamValue.readAll(&state)
        self.row = StreamRow(slots: slots, time: Timestamp(milliseconds: try state.readInt64()))
        self.timeline = Int(truncatingIfNeeded: try state.readInt64())
        guard slots.count == form.slots, (0..<form.timelines).contains(self.timeline) else { throw state.fault }
        self.isBacklog = try state.readBool()
        self.spans = try InputSpans(restoring: &state)
        for _ in 0..<(try state.readCount(ofSize: 8)) { self.times.append(try state.readInt64()) }
        guard self.times.count == times else { throw state.fault }
    }
}
