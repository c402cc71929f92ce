internal import TelemetryModel

extension StateReader {
    /// An array written by `StateWriter`, of exactly `count` finite numbers, none so large that differences overflow.
    mutating func readFiniteDoubles(count: Int) throws(Fault) -> [Double] {
        let values = try self.readDoubles()
        guard values.count == count, values.allSatisfy({ abs($0) <= 1e200 }) else { throw self.fault }
        return values
    }
}
