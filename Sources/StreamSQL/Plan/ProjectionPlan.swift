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
    /// The members when there is no `*`.
    private let columns: [CompiledExpression.Column]

    init(items: [Item]) {
        self.items = items
        var names: [String] = []
        var columns: [CompiledExpression.Column] = []
        for item in items {
            guard case .value(let name, let expression) = item else { continue }
            names.append(name)
            columns.append(expression.column)
        }
        self.columns = columns
        self.fields = names.count == items.count ? StreamFields(names) : nil
    }

    /// A row's result. Of members with the same name the first counts.
    ///
    /// - Throws: When an expression has no value for the row.
    package func record(_ row: StreamRow) throws(StreamFault) -> StreamRecord {
        if let fields = self.fields {
            var values: [StreamValue] = []
            values.reserveCapacity(self.columns.count)
            for column in self.columns {
                switch column {
                case .slot(let slot): values.append(row.slots[slot])
                case .evaluation(let evaluation): values.append(try evaluation(row))
                }
            }
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
}
