/// One I2C adapter. Used by one thread only, the bus's worker.
///
/// Every call is one transfer on the wire with its own START and STOP, bounded by the adapter's time limit (200 ms).
/// Faults carry the reasons of the contract; an address that does not answer is `nack`.
package protocol I2CBus: AnyObject {
    /// Makes sure that no kernel driver owns `address`; throws `claimed` when one does. Opens the adapter if needed.
    func claim(_ address: UInt8) throws(SensorFault)
    func write(_ bytes: [UInt8], to address: UInt8) throws(SensorFault)
    /// Reads exactly `count` bytes.
    func read(_ count: Int, from address: UInt8) throws(SensorFault) -> [UInt8]
    /// Writes, then reads after a repeated start.
    func writeRead(_ bytes: [UInt8], _ count: Int, at address: UInt8) throws(SensorFault) -> [UInt8]
}
