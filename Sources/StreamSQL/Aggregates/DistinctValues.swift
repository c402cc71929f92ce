package import TelemetryModel

/// The different values of a group, each once; what is equal to `GROUP BY` is one value.
package struct DistinctValues: Sendable {
    private var keys = KeyTable()
    private var bytes = 0

    package init() {}

    package var count: Int { self.keys.count }

    /// Bytes of all values.
    package var byteCount: Int { self.bytes }

    package mutating func add(_ value: StreamValue) {
        var key: [UInt8] = []
        value.appendKey(to: &key)
        self.add(key)
    }

    package mutating func merge(_ other: DistinctValues) {
        for number in 0..<other.keys.end { self.add(other.keys.key(number)) }
    }

    private mutating func add(_ key: [UInt8]) {
        guard self.keys.number(of: key) == nil else { return }
        _ = self.keys.insert(key)
        self.bytes += key.count
    }
}

extension DistinctValues {
    package func snapshot(into state: inout StateWriter) {
        self.keys.snapshot(into: &state)
    }

    package init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.keys = try KeyTable(restoring: &state)
        guard self.keys.count == self.keys.end else { throw state.fault }
        for number in 0..<self.keys.end { self.bytes += self.keys.key(number).count }
    }
}
