internal import TelemetryJSON

/// The groups of an aggregated query; without `GROUP BY` one, which is there before the first document.
struct QueryGroups {
    private struct Group {
        var values: [QueryValue]
        var accumulators: [QueryAccumulator]
    }

    private let query: CompiledQuery
    private let aggregates: [QueryAccumulator]
    private var groups: [Group] = []
    private var places: [[UInt8]: Int] = [:]

    init(_ query: CompiledQuery) {
        self.query = query
        self.aggregates = query.statement.items.compactMap { item in
            switch item.source {
            case .path: nil
            case .count: QueryAccumulator(.count)
            case .aggregate(let aggregate, _): QueryAccumulator(aggregate)
            }
        }
        if query.groupSlots.isEmpty { self.groups = [Group(values: [], accumulators: self.aggregates)] }
    }

    /// Adds a document to its group; `false` when it would need one group too many.
    mutating func add(_ document: some QueryDocument) -> Bool {
        guard let group = self.group(of: document) else { return false }
        var place = 0
        for (item, slot) in zip(self.query.statement.items, self.query.itemSlots) where item.isAggregate {
            let value = slot.flatMap { document.value(at: self.query.paths[$0], slot: $0) }
            self.groups[group].accumulators[place].add(value)
            place += 1
        }
        return true
    }

    /// The rows in the order of their groups' values: null, truth, numbers, texts, the rest, and last the missing ones.
    func rows() -> [JSONObject] {
        let sorted = self.groups.sorted { left, right in
            for (left, right) in zip(left.values, right.values) {
                let order = QueryGroups.order(left, right)
                if order != 0 { return order < 0 }
            }
            return false
        }
        return sorted.map(self.row)
    }

    private mutating func group(of document: some QueryDocument) -> Int? {
        guard !self.query.groupSlots.isEmpty else { return 0 }
        let values = self.query.groupSlots.map { document.value(at: self.query.paths[$0], slot: $0) }
        let key = QueryGroups.key(of: values)
        if let place = self.places[key] { return place }
        guard self.groups.count < QueryRun.groupsMax else { return nil }
        self.places[key] = self.groups.count
        self.groups.append(Group(values: values, accumulators: self.aggregates))
        return self.groups.count - 1
    }

    private func row(_ group: Group) -> JSONObject {
        var row = JSONObject()
        var place = 0
        for (item, key) in zip(self.query.statement.items, self.query.keys) {
            let value: QueryValue
            if case .path(let path) = item.source {
                value = self.query.statement.groupBy.firstIndex(of: path).flatMap { group.values[$0] }
            } else {
                value = group.accumulators[place].result
                place += 1
            }
            if let value { row[key] = value }
        }
        return row
    }

    /// The values as bytes, the same for values that are equal.
    private static func key(of values: [QueryValue]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for value in values {
            switch value {
            case nil: writer.raw("-".utf8)
            case .number(let number)?:
                if let integer = Int64(exactly: number) { writer.number(integer) } else { writer.number(number) }
            case let value?: writer.value(value)
            }
        }
        writer.endArray()
        return writer.bytes
    }

    private static func order(_ left: QueryValue, _ right: QueryValue) -> Int {
        let (leftRank, rightRank) = (QueryGroups.rank(left), QueryGroups.rank(right))
        if leftRank != rightRank { return leftRank < rightRank ? -1 : 1 }
        guard let left, let right else { return 0 }
        if let order = QueryComparison.order(left, right) { return order }
        return QueryComparison.order(left.description, right.description)
    }

    private static func rank(_ value: QueryValue) -> Int {
        switch value {
        case .null?: 0
        case .bool?: 1
        case .integer?, .number?: 2
        case .string?: 3
        case .array?, .object?: 4
        case nil: 5
        }
    }
}
