internal import TelemetryModel

/// Rows that wait until none before them can come, by timeline: what an operator that needs the order of time reads through.
struct ReorderBuffer: Sendable {
    /// By timeline; each by time, of one time in the order in which they came.
    private var rows: [[FlowRow]] = []
    private(set) var count = 0
    private(set) var byteCount = 0

    /// When the first row of a timeline may leave: once the watermark is past it.
    @inline(__always)
    func nextDue(_ timeline: Int) -> Int64 {
        guard timeline < self.rows.count, let first = self.rows[timeline].first else { return .max }
        return first.time - 1
    }

    mutating func insert(_ row: FlowRow) {
        while self.rows.count <= row.timeline { self.rows.append([]) }
        var place = self.rows[row.timeline].count
        while place > 0, self.rows[row.timeline][place - 1].time > row.time { place -= 1 }
        self.rows[row.timeline].insert(row, at: place)
        self.count += 1
        self.byteCount += row.byteCount
    }

    /// Takes the rows of a timeline at or before the watermark.
    mutating func take(through watermark: Int64, timeline: Int) -> [FlowRow] {
        guard timeline < self.rows.count else { return [] }
        let taken = Array(self.rows[timeline].prefix { $0.time <= watermark })
        self.rows[timeline].removeFirst(taken.count)
        self.count -= taken.count
        for row in taken { self.byteCount -= row.byteCount }
        return taken
    }
}

extension ReorderBuffer {
    func snapshot(into state: inout StateWriter) {
        state.write(self.count)
        for row in self.rows.joined() { row.snapshot(into: &state) }
    }

    init(restoring state: inout StateReader, _ form: FlowRow.Form) throws(StateReader.Fault) {
        for _ in 0..<(try state.readCount(ofSize: 64)) {
            self.insert(try FlowRow(restoring: &state, form, times: 0))
        }
    }
}
