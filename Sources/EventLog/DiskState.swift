/// How much room the log's disk has.
package enum DiskState: Equatable, Sendable {
    /// Enough.
    case ok
    /// Too little: topics take nothing until `neededBytes` are free; what is stored can be read.
    case nearlyFull(freeBytes: UInt64, neededBytes: UInt64)
}
