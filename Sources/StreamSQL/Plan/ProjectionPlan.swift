/// What a result holds.
package struct ProjectionPlan: Sendable {
    /// One item of `SELECT`.
    package enum Item: Sendable {
        /// A member.
        case value(name: String, CompiledExpression)
        /// All members of the record in this slot.
        case star(slot: Int)
    }

    /// In order.
    package let items: [Item]
    /// The members' names when there is no `*`.
    package let fields: StreamFields?
    /// Appends the members when there is no `*`: one closure, as going through an array of them costs more than they do.
    private let appending: CompiledExpression.Appending

    init(items: [Item]) {
        self.items = items
        var names: [String] = []
        var columns: [Part] = []
        for item in items {
            guard case .value(let name, let expression) = item else { continue }
            names.append(name)
            columns.append(Part(appending: expression.appending))
        }
        self.appending = ProjectionPlan.joined(columns[...]).appending
        self.fields = names.count == items.count ? StreamFields(names) : nil
    }

    /// A row's result. Of members with the same name the first counts.
    ///
    /// - Throws: When an expression has no value for the row.
    package func record(_ row: StreamRow) throws(StreamFault) -> StreamRecord {
        if let fields = self.fields {
            var values: [StreamValue] = []
            values.reserveCapacity(self.items.count)
            try self.append(row, to: &values)
            return StreamRecord(fields, values)
        }
        var members: [(name: String, value: StreamValue)] = []
        var known: Set<[UInt8]> = []
        for item in self.items {
            switch item {
            case .value(let name, let expression):
                let value = try expression.value(row)
                if known.insert(Array(name.utf8)).inserted { members.append((name, value)) }
            case .star(let slot):
                guard case .record(let record) = row.slots[slot] else { continue }
                for (place, name) in record.fields.names.enumerated() where known.insert(Array(name.utf8)).inserted {
                    members.append((name, record.values[place]))
                }
            }
        }
        return StreamRecord(members)
    }

    /// Appends a row's values in the order of ``fields``, which must be known: for callers that keep the array and write the
    /// values at once, without a record.
    ///
    /// - Throws: When an expression has no value for the row.
    package func append(_ row: StreamRow, to values: inout [StreamValue]) throws(StreamFault) {
        precondition(self.fields != nil, "a projection with a * has no fixed columns")
        try self.appending(row, &values)
    }

    /// A closure in a box of its own: bare closures in an array are called through another one.
    private struct Part {
        var appending: CompiledExpression.Appending
    }

    /// One closure after the other, in halves of halves, so that nothing becomes deep.
    private static func joined(_ parts: ArraySlice<Part>) -> Part {
        guard let last = parts.last else { return Part { (_, _) throws(StreamFault) in } }
        guard parts.count > 1 else { return last }
        let middle = parts.startIndex + parts.count / 2
        let first = ProjectionPlan.joined(parts[..<middle]).appending
        let second = ProjectionPlan.joined(parts[middle...]).appending
        return Part { (row, values) throws(StreamFault) in
            try first(row, &values)
            try second(row, &values)
        }
    }
}
