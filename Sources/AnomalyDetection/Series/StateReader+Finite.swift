internal import TelemetryModel

extension StateReader {
    /// An array written by `StateWriter`, of exactly `count` finite numbers.
    mutating func readFiniteDoubles(count: Int) throws(Fault) -> [Double] {
        let values = try self.readDoubles()
        guard values.count == count, values.allSatisfy({ $0.isFinite }) else { throw self.fault }
        return values
    }
}
