internal import TelemetryModel

/// `UNION` without `ALL`: of equal results with the same time one counts. The latest are remembered.
struct DistinctRows: Sendable {
    /// Results that are remembered.
    private static let countMax = 10_000

    private var keys = KeyTable()
    /// The keys' numbers in the order in which they came.
    private var order: [Int32] = []

    /// Whether the result is new.
    mutating func insert(_ row: StepRow) -> Bool {
        var key: [UInt8] = []
        StreamValue.datetime(Timestamp(milliseconds: row.time)).appendKey(to: &key)
        StreamValue.record(row.record).appendKey(to: &key)
        key.append(row.isBacklog ? 1 : 0)
        guard self.keys.number(of: key) == nil else { return false }
        self.order.append(Int32(truncatingIfNeeded: self.keys.insert(key)))
        if self.order.count > DistinctRows.countMax * 2 {
            for number in self.order.prefix(DistinctRows.countMax) { self.keys.remove(Int(number)) }
            self.order.removeFirst(DistinctRows.countMax)
        }
        return true
    }
}

extension DistinctRows {
    func snapshot(into state: inout StateWriter) {
        self.keys.snapshot(into: &state)
        for number in self.order { state.write(Int64(number)) }
    }

    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.keys = try KeyTable(restoring: &state)
        for _ in 0..<self.keys.count {
            guard let number = Int32(exactly: try state.readInt64()), number >= 0, number < self.keys.end,
                self.keys.isUsed(Int(number))
            else { throw state.fault }
            self.order.append(number)
        }
    }
}
