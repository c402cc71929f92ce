/// One serial port. Used by one thread only, its worker.
///
/// A port that was pulled out throws `unplugged` and is closed at once: as long as somebody has it open, the device comes
/// back under another name. The next ``open()`` begins from scratch.
package protocol SerialPort: AnyObject {
    var isOpen: Bool { get }
    /// Opens and configures the port; does nothing when it is open.
    func open() throws(SensorFault)
    func close()
    /// Hands over all bytes; they may still be on their way when it returns.
    func write(_ bytes: [UInt8]) throws(SensorFault)
    /// Waits for bytes, at most until `deadline`, and appends what has come; an instant that has passed: does not wait.
    ///
    /// - Returns: how many bytes came, 0 when none did in time.
    func read(into bytes: inout [UInt8], until deadline: Duration) throws(SensorFault) -> Int
}
