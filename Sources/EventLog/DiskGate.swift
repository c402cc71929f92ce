/// Decides by the free bytes of a disk whether a log takes records.
///
/// ```
/// free     ─────────────┐                           ┌────────
/// 1.25 × min  · · · · · ·\· · · · · · · · · · · · ·/· · · · ·
/// min      · · · · · · · ·\· · · · · · · · · · · ·/· · · · · ·
/// min / 2  · · · · · · · · ·\· · · · · · · · · · / · · · · · ·
/// intake        taken      │   refused           │  taken
/// `_` topics    taken          │ refused    │  taken
/// ```
/// The gateway's own topics, whose names begin with `_`, go on until half of the bound: what they take settles messages
/// and commits offsets, without which nothing would ever be freed.
struct DiskGate: Equatable, Sendable {
    /// Free bytes below which intake is refused; 0: never.
    let freeBytesMin: UInt64
    /// Whether topics of others take nothing.
    private(set) var isRefusing = false
    /// Whether the gateway's own topics take nothing either.
    private(set) var isRefusingOwn = false

    init(freeBytesMin: UInt64) {
        self.freeBytesMin = freeBytesMin
    }

    /// Free bytes from which everything is taken again.
    var resumeBytes: UInt64 { DiskGate.raised(self.freeBytesMin) }

    /// Takes in how much is free now.
    mutating func observe(freeBytes: UInt64) {
        self.isRefusing = DiskGate.isRefusing(self.isRefusing, freeBytes, least: self.freeBytesMin)
        self.isRefusingOwn = DiskGate.isRefusing(self.isRefusingOwn, freeBytes, least: self.freeBytesMin / 2)
    }

    private static func isRefusing(_ wasRefusing: Bool, _ freeBytes: UInt64, least: UInt64) -> Bool {
        freeBytes < (wasRefusing ? DiskGate.raised(least) : least)
    }

    private static func raised(_ bytes: UInt64) -> UInt64 {
        let (sum, isOver) = bytes.addingReportingOverflow(bytes / 4)
        return isOver ? .max : sum
    }
}
