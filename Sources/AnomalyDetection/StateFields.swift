internal import TelemetryModel

extension StateWriter {
    mutating func write(_ value: Timestamp) {
        self.write(value.milliseconds)
    }

    mutating func write(_ value: Timestamp?) {
        self.write(value != nil)
        if let value { self.write(value.milliseconds) }
    }
}

/// Fields with a range: a value that arithmetic could trap on, or that was never written, is a fault.
extension StateReader {
    mutating func readTimestamp() throws(Fault) -> Timestamp {
        Timestamp(milliseconds: try self.readInt64())
    }

    mutating func readOptionalTimestamp() throws(Fault) -> Timestamp? {
        try self.readBool() ? try self.readTimestamp() : nil
    }

    /// A number of things seen: 0 to `limit`.
    mutating func readTally(atMost limit: Int = 1 << 48) throws(Fault) -> Int {
        let value = try self.readInt64()
        guard value >= 0, value <= Int64(limit) else { throw self.fault }
        return Int(value)
    }

    mutating func readFinite() throws(Fault) -> Double {
        let value = try self.readDouble()
        guard value.isFinite else { throw self.fault }
        return value
    }

    /// A finite size: 0 or more.
    mutating func readSize() throws(Fault) -> Double {
        let value = try self.readFinite()
        guard value >= 0 else { throw self.fault }
        return value
    }

    /// 0 to 1.
    mutating func readScore() throws(Fault) -> Double {
        let value = try self.readSize()
        guard value <= 1 else { throw self.fault }
        return value
    }

    /// One of an enumeration's cases by its number.
    mutating func readCase<Case: RawRepresentable<Int>>() throws(Fault) -> Case {
        guard let number = Int(exactly: try self.readInt64()), let value = Case(rawValue: number)
        else { throw self.fault }
        return value
    }

    /// A version that must be `expected`.
    mutating func expectVersion(_ expected: Int) throws(Fault) {
        guard try self.readInt64() == Int64(expected) else { throw self.fault }
    }
}
