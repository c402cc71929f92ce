internal import LogFormat

/// Decides which segments of a topic have had their time.
///
/// Pure. A segment goes as a whole, the oldest first, when its last append is too old, or when the segments behind it
/// hold all the bytes that shall be kept. So a topic has at least what is asked for, and at most one segment more. The
/// last segment stays; age makes it a sealed one (``TopicSettings/rollMilliseconds``).
struct RetentionPlan {
    /// A sealed segment.
    struct Entry: Equatable, Sendable {
        var number: UInt64
        var bytes: UInt64
        /// The last enqueue stamp before the next segment, ms since 1970.
        var lastStamp: Int64
    }

    private let settings: TopicSettings

    init(_ settings: TopicSettings) {
        self.settings = settings
    }

    /// The first segment to keep.
    ///
    /// - Parameters:
    ///   - sealed: All but the last one, the oldest first.
    ///   - activeBytes: Bytes of the last one.
    ///   - now: The wall clock, ms since 1970.
    /// - Returns: Its number; `nil` when all are kept.
    func firstKept(sealed: [Entry], activeBytes: UInt64, now: Int64) -> UInt64? {
        var bytesBehind = sealed.reduce(activeBytes) { $0 + $1.bytes }
        var last: UInt64?
        for entry in sealed {
            bytesBehind -= entry.bytes
            guard self.isTooOld(entry.lastStamp, now: now) || self.isEnough(bytesBehind) else { break }
            last = entry.number
        }
        return last.map { $0 + 1 }
    }

    private func isTooOld(_ stamp: Int64, now: Int64) -> Bool {
        guard let limit = self.settings.retentionMilliseconds else { return false }
        let (age, isOver) = now.subtractingReportingOverflow(stamp)
        return !isOver && age > limit
    }

    private func isEnough(_ bytes: UInt64) -> Bool {
        guard let limit = self.settings.retentionBytes else { return false }
        return bytes >= UInt64(max(limit, 0))
    }
}
