package import TelemetryModel

/// The first so many rows by `ORDER BY`; of rows that are equal the earlier one comes first, and `NULL` comes last.
package struct RankedValues: Sendable {
    private struct Entry: Sendable {
        /// The values of `ORDER BY`; of a descending term it is an array of one element.
        var order: [StreamValue]
        var value: StreamValue
    }

    private let limit: Int
    private var entries: [Entry] = []

    package init(limit: Int) {
        self.limit = max(limit, 1)
    }

    /// In order.
    package var values: [StreamValue] { self.entries.map(\.value) }

    /// - Parameters:
    ///   - value: What the row gives.
    ///   - order: What it is ranked by; a descending term's value stands in an array.
    package mutating func add(_ value: StreamValue, order: [StreamValue]) {
        self.insert(Entry(order: order, value: value))
    }

    package mutating func merge(_ later: RankedValues) {
        for entry in later.entries { self.insert(entry) }
    }

    private mutating func insert(_ entry: Entry) {
        var place = self.entries.count
        while place > 0, RankedValues.isBefore(entry.order, self.entries[place - 1].order) { place -= 1 }
        guard place < self.limit else { return }
        self.entries.insert(entry, at: place)
        if self.entries.count > self.limit { self.entries.removeLast() }
    }

    private static func isBefore(_ left: [StreamValue], _ right: [StreamValue]) -> Bool {
        for (a, b) in zip(left, right) {
            let order = RankedValues.order(a, b)
            if order != 0 { return order < 0 }
        }
        return false
    }

    private static func order(_ left: StreamValue, _ right: StreamValue) -> Int {
        switch (left, right) {
        case (.array(let a), .array(let b)):
            let (a, b) = (a.first ?? .null, b.first ?? .null)
            return a.isNull || b.isNull ? (a.isNull ? 1 : 0) - (b.isNull ? 1 : 0) : StreamValue.order(b, a)
        default:
            return left.isNull || right.isNull
                ? (left.isNull ? 1 : 0) - (right.isNull ? 1 : 0) : StreamValue.order(left, right)
        }
    }
}

extension RankedValues {
    package func snapshot(into state: inout StateWriter) {
        state.write(self.limit)
        state.write(self.entries.count)
        for entry in self.entries {
            StreamValue.writeAll(entry.order, to: &state)
            entry.value.write(to: &state)
        }
    }

    package init(restoring state: inout StateReader) throws(StateReader.Fault) {
        let limit = try state.readInt64()
        guard (1...(1 << 31)).contains(limit) else { throw state.fault }
        self.init(limit: Int(limit))
        for _ in 0..<(try state.readCount(ofSize: 16)) {
            let order = try StreamValue.readAll(&state)
            self.entries.append(Entry(order: order, value: try StreamValue(reading: &state)))
        }
        guard self.entries.count <= self.limit else { throw state.fault }
    }
}
