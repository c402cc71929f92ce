internal import TelemetryJSON
internal import TelemetryModel

/// A join with a reference table: every record that matches a row gives a row.
struct ReferenceJoin: Sendable {
    private let plan: ReferenceJoinPlan
    private let input: InputPlan
    private let slotCount: Int
    private let table: any ReferenceTable
    /// The filled slots of a table's records by what must be equal; empty when it is asked by device.
    private var index: [[UInt8]: [[StreamValue]]] = [:]
    /// The equality whose right side is the device id.
    private var device: CompiledExpression?

    /// A join; records for which an expression has no value match nothing.
    ///
    /// - Throws: When the table is asked by device and no equality says which.
    init(
        _ plan: ReferenceJoinPlan,
        _ input: InputPlan,
        slotCount: Int,
        table: any ReferenceTable
    ) throws(StreamFault) {
        self.plan = plan
        self.input = input
        self.slotCount = slotCount
        self.table = table
        guard let records = table.records else {
            self.device = plan.equalities.first { ReferenceJoin.isDevice($0.right.slot, of: input) }?.left
            guard self.device != nil else {
                throw StreamFault("a join with \(input.alias) needs an equality with its deviceId")
            }
            return
        }
        for record in records {
            let row = self.row(of: record)
            guard let key = try? self.key(row, isLeft: false) else { continue }
            self.index[key, default: []].append(Array(row.slots[self.slots]))
        }
    }

    private var slots: Range<Int> { self.input.firstSlot..<(self.input.firstSlot + self.input.reads.count) }

    /// The joined rows.
    ///
    /// - Throws: When an expression has no value.
    func receive(_ flow: FlowRow) throws(StreamFault) -> [FlowRow] {
        var joined: [FlowRow] = []
        for values in try self.matches(flow) {
            var row = flow
            for (place, slot) in self.slots.enumerated() { row.row.slots[slot] = values[place] }
            if let condition = self.plan.condition, try !condition.isTrue(row.row) { continue }
            joined.append(row)
        }
        return joined.isEmpty && self.plan.isOuter ? [flow] : joined
    }

    private func matches(_ flow: FlowRow) throws(StreamFault) -> [[StreamValue]] {
        guard let key = try self.key(flow.row, isLeft: true) else { return [] }
        guard let device = self.device else { return self.index[key] ?? [] }
        guard case .nvarchar(let name) = try device.read(flow.row),
            let record = self.table.record(of: name, asOf: flow.row.time)
        else { return [] }
        let row = self.row(of: record)
        return try self.key(row, isLeft: false) == key ? [Array(row.slots[self.slots])] : []
    }

    private func row(of record: StreamRecord) -> StreamRow {
        var row = StreamRow(slotCount: self.slotCount)
        for (place, slot) in self.slots.enumerated() {
            row.slots[slot] = self.input.reads[place].value(ofRecord: record)
        }
        return row
    }

    private func key(_ row: StreamRow, isLeft: Bool) throws(StreamFault) -> [UInt8]? {
        var key: [UInt8] = []
        for pair in self.plan.equalities {
            let value = try (isLeft ? pair.left : pair.right).read(row)
            if value.isNull { return nil }
            value.appendKey(to: &key)
        }
        return key
    }

    private static func isDevice(_ slot: Int?, of input: InputPlan) -> Bool {
        guard let slot, input.reads.indices.contains(slot - input.firstSlot) else { return false }
        switch input.reads[slot - input.firstSlot] {
        case .pathElseDevice: return true
        case .path(let path): return path == JSONPath(names: "deviceId")
        case .column, .whole, .metadata: return false
        }
    }
}

extension InputRead {
    /// What is read of a record that has no payload: a reference's, a step's with a `*`, an element's.
    func value(ofRecord record: StreamRecord) -> StreamValue {
        switch self {
        case .path(let path), .pathElseDevice(let path): StreamValue.record(record).value(at: path)
        case .column(let place, let path):
            place < record.values.count ? record.values[place].value(at: path) : .null
        case .whole: .record(record)
        case .metadata: .null
        }
    }
}
