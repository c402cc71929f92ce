/// Why a reading was given up.
package enum DropCause: Int, Sendable, CaseIterable {
    /// No room in memory, and no spool that took it.
    case memory
    /// The spool reached `spool.sizeMaxBytes`.
    case size
    /// It was older than `spool.ageMaxSeconds`.
    case age
    /// The disk had less than `spool.freeDiskMinBytes` free.
    case disk
    /// Its record in the spool was damaged.
    case damage

    /// In a sentence: readings were given up …
    package var text: String {
        switch self {
        case .memory: "for want of memory"
        case .size: "for want of room in the spool"
        case .age: "because they were too old"
        case .disk: "for want of room on the disk"
        case .damage: "because the spool was damaged"
        }
    }
}
