internal import TelemetryModel

/// The rows of one side of a stream join that may still find partners, by what must be equal.
struct JoinSide: Sendable {
    struct Waiting: Sendable {
        var flow: FlowRow
        /// It is of no use once the watermark is past it, in milliseconds since 1970.
        var expiry: Int64
        var hasPartner = false
    }

    private var keys = KeyTable()
    /// By the keys' numbers, in the order in which they came.
    private var rows: [[Waiting]] = []
    /// Keys' numbers by when one of their rows expires.
    private var expiries = DueQueue()
    private(set) var count = 0
    private(set) var byteCount = 0

    var nextExpiry: Int64 { self.expiries.nextTime }

    mutating func insert(_ flow: FlowRow, key: [UInt8], expiry: Int64, hasPartner: Bool) {
        let number = self.keys.number(of: key) ?? self.keys.insert(key)
        if number == self.rows.count { self.rows.append([]) }
        self.rows[number].append(Waiting(flow: flow, expiry: expiry, hasPartner: hasPartner))
        self.expiries.insert(Int32(truncatingIfNeeded: number), at: expiry)
        self.count += 1
        self.byteCount += flow.byteCount
    }

    /// The rows with a key; `nil` when there are none.
    func number(of key: [UInt8]) -> Int? { self.keys.number(of: key) }

    func waiting(_ number: Int) -> [Waiting] { self.rows[number] }

    mutating func markPartner(_ number: Int, at place: Int) {
        self.rows[number][place].hasPartner = true
    }

    /// Takes rows that expire before the watermark; empty when there are no more.
    mutating func expire(before watermark: Int64) -> [Waiting] {
        while let entry = self.expiries.next(before: watermark) {
            let gone = self.remove(Int(entry.number)) { $0.expiry < watermark }
            if !gone.isEmpty { return gone }
        }
        return []
    }

    /// Takes all rows of a timeline.
    mutating func take(timeline: Int) -> [Waiting] {
        var taken: [Waiting] = []
        for number in 0..<self.keys.end where self.keys.isUsed(number) {
            taken += self.remove(number) { $0.flow.timeline == timeline }
        }
        return taken
    }

    private mutating func remove(_ number: Int, where isGone: (Waiting) -> Bool) -> [Waiting] {
        let gone = self.rows[number].filter(isGone)
        guard !gone.isEmpty else { return [] }
        self.rows[number].removeAll(where: isGone)
        self.count -= gone.count
        for row in gone { self.byteCount -= row.flow.byteCount }
        if self.rows[number].isEmpty, self.keys.isUsed(number) { self.keys.remove(number) }
        return gone
    }
}

extension JoinSide {
    func snapshot(into state: inout StateWriter) {
        self.keys.snapshot(into: &state)
        for rows in self.rows.prefix(self.keys.end) {
            state.write(rows.count)
            for row in rows {
                row.flow.snapshot(into: &state)
                state.write(row.expiry)
                state.write(row.hasPartner)
            }
        }
        self.expiries.snapshot(into: &state)
    }

    /// A side whose rows have had so many inputs.
    init(restoring state: inout StateReader, _ form: FlowRow.Form, times: Int) throws(StateReader.Fault) {
        self.keys = try KeyTable(restoring: &state)
        for _ in 0..<self.keys.end {
            var rows: [Waiting] = []
            for _ in 0..<(try state.readCount(ofSize: 64)) {
                let flow = try FlowRow(restoring: &state, form, times: times)
                let expiry = try state.readInt64()
                rows.append(Waiting(flow: flow, expiry: expiry, hasPartner: try state.readBool()))
                self.count += 1
                self.byteCount += flow.byteCount
            }
            self.rows.append(rows)
        }
        self.expiries = try DueQueue(restoring: &state, limit: self.rows.count)
    }
}
