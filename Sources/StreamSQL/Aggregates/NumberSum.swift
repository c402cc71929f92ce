package import TelemetryModel

/// The sum of numbers: exact while all are whole (128 bits hold 2⁶⁴ of them), compensated where some are not.
package struct NumberSum: Equatable, Sendable {
    private var whole: Int128 = 0
    private var fraction = CompensatedSum()
    private(set) var count: Int64 = 0
    private var hasFraction = false

    package init() {}

    @inline(__always)
    package mutating func add(_ value: Int64) {
        self.whole += Int128(value)
        self.count += 1
    }

    @inline(__always)
    package mutating func add(_ value: Double) {
        self.fraction.add(value)
        self.hasFraction = true
        self.count += 1
    }

    package mutating func merge(_ other: NumberSum) {
        self.whole += other.whole
        self.fraction.merge(other.fraction)
        self.count += other.count
        self.hasFraction = self.hasFraction || other.hasFraction
    }

    /// `SUM`: a `bigint` of whole numbers, else a `float`; `NULL` of nothing.
    ///
    /// - Throws: When the sum is no `bigint` or no finite `float`.
    package func sum() throws(StreamFault) -> StreamValue {
        guard self.count > 0 else { return .null }
        if self.hasFraction { return try self.float(self.total, of: "SUM") }
        guard let sum = Int64(exactly: self.whole) else {
            throw StreamFault("bigint overflow in SUM")
        }
        return .bigint(sum)
    }

    /// `AVG`, a `float`; `NULL` of nothing.
    ///
    /// - Throws: When the mean is no finite `float`.
    package func mean() throws(StreamFault) -> StreamValue {
        self.count > 0 ? try self.float(self.total / Double(self.count), of: "AVG") : .null
    }

    private var total: Double { self.whole == 0 ? self.fraction.value : Double(self.whole) + self.fraction.value }

    private func float(_ value: Double, of function: String) throws(StreamFault) -> StreamValue {
        guard let float = StreamValue.finite(value) else { throw StreamFault("float overflow in \(function)") }
        return float
    }
}

extension NumberSum {
    package func snapshot(into state: inout StateWriter) {
        state.write(UInt64(truncatingIfNeeded: self.whole))
        state.write(UInt64(truncatingIfNeeded: self.whole >> 64))
        self.fraction.snapshot(into: &state)
        state.write(self.count)
        state.write(self.hasFraction)
    }

    package init(restoring state: inout StateReader) throws(StateReader.Fault) {
        let low = try state.readUInt64()
        self.whole = Int128(try state.readInt64()) << 64 | Int128(low)
        self.fraction = try CompensatedSum(restoring: &state)
        self.count = try state.readInt64()
        self.hasFraction = try state.readBool()
        // So many values of 64 bits cannot have more than 127 bits.
        guard self.count >= 0, self.whole.magnitude < 1 << 126 else { throw state.fault }
    }
}
