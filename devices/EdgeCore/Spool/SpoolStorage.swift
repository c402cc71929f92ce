/// A folder of spool files. The agent's is on the disk, that of tests can lose power.
///
/// Used by one thread. What was written counts as safe when ``sync(_:)`` has returned without a fault.
package protocol SpoolStorage {
    /// The segments that are there, lowest number first.
    mutating func segments() throws(SpoolFault) -> [UInt64]

    /// Reads from `offset` up to `count` bytes, fewer when the file ends.
    mutating func read(_ segment: UInt64, at offset: Int, count: Int) throws(SpoolFault) -> [UInt8]

    /// Makes a file that does not exist yet, with its first bytes, to be written from now on.
    mutating func create(_ segment: UInt64, _ header: [UInt8]) throws(SpoolFault)

    /// Writes all bytes to the file made last. After a fault a part of them may be there.
    mutating func write(_ bytes: [UInt8], at offset: Int) throws(SpoolFault)

    /// Cuts the file made last, to undo a write that failed.
    mutating func truncate(to size: Int) throws(SpoolFault)

    /// Brings a file and its name to the disk.
    mutating func sync(_ segment: UInt64) throws(SpoolFault)

    mutating func remove(_ segment: UInt64) throws(SpoolFault)

    /// What may still be written to the disk, bytes.
    mutating func freeBytes() throws(SpoolFault) -> Int
}
