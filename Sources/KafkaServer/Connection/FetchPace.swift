import NIOCore

/// How many bytes of records one client gets in an answer: few at first, and more while it takes them quickly.
///
/// A client that reads slowly keeps little of the memory that all share. Pure.
struct FetchPace: Equatable, Sendable {
    /// Bytes of the first answer, and of the smallest.
    static let bytesFirst = 512 << 10
    static let bytesMin = 64 << 10
    /// An answer that took this long halves the next, one that was faster than the other doubles it.
    static let slow = TimeAmount.seconds(1)
    static let fast = TimeAmount.milliseconds(250)

    /// Most bytes.
    let limit: Int
    /// Bytes of the next answer.
    private(set) var bytes: Int

    init(limit: Int) {
        self.limit = limit
        self.bytes = min(limit, FetchPace.bytesFirst)
    }

    /// An answer left, so long after it was written.
    mutating func sent(after duration: TimeAmount) {
        if duration >= FetchPace.slow {
            self.bytes = max(min(self.limit, FetchPace.bytesMin), self.bytes / 2)
        } else if duration <= FetchPace.fast {
            self.bytes = min(self.limit, self.bytes * 2)
        }
    }
}
