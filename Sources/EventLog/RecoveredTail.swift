internal import LogFormat

/// What the check of a last segment came to.
struct RecoveredTail {
    var scan: SegmentScan
    var stamp: Int64
    var firstStamp: Int64?
    var resume: ResumePoint
    var indexedBytes: UInt64
}
