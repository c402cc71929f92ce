/// Gaps that wait to be told, of very many devices.
///
/// - At most ``waitingMax`` wait; further ones are counted only.
/// - Between two calls of ``beginRound()`` at most ``deviceMax`` gaps of one device are told one by one. Those beyond
///   become one that waits for the next round: no device crowds out the others, and none hides that it has gaps.
///
/// A device is named by its place in the table that owns the queue.
struct GapQueue: Sendable {
    /// Gaps that wait at most, besides one a device.
    static let waitingMax = 4_096
    /// Gaps of a device in a round: as many as one `weir-dropped` may name.
    static let deviceMax = MessageNumbers.droppedMax

    /// Gaps to tell, the oldest first.
    private(set) var waiting: [ReadingGap] = []
    /// Gaps of which nothing is told but, when their device has others, that there are more.
    private(set) var lost = 0
    /// By device, of this round.
    private var counts: [Int32: UInt8] = [:]
    /// By device, what this round told no more.
    private var rests: [Int32: ReadingGap] = [:]

    /// All that is not told yet.
    var all: [ReadingGap] { self.rests.isEmpty ? self.waiting : self.waiting + self.rests.values }

    /// A gap of a device.
    mutating func append(_ gap: ReadingGap, of device: Int32) {
        let count = self.counts[device, default: 0]
        if count < GapQueue.deviceMax {
            self.counts[device] = count + 1
            return self.append(gap)
        }
        guard var rest = self.rests[device] else {
            self.rests[device] = gap
            return
        }
        if !rest.join(gap) { self.lost += 1 }
        self.rests[device] = rest
    }

    /// A gap that counts for no device's round.
    mutating func append(_ gap: ReadingGap) {
        guard self.waiting.count < GapQueue.waitingMax else {
            self.lost += 1
            return
        }
        self.waiting.append(gap)
    }

    /// The first gaps that wait are told, durably.
    mutating func confirm(_ count: Int) {
        self.waiting.removeFirst(min(count, self.waiting.count))
    }

    /// Devices may have gaps told one by one again; what was held back of them is told now, as far as there is room.
    mutating func beginRound() {
        self.counts = [:]
        for (device, rest) in self.rests where self.waiting.count < GapQueue.waitingMax {
            self.waiting.append(rest)
            self.rests[device] = nil
        }
    }

    /// The place is another device's from now on.
    mutating func leave(_ device: Int32) {
        self.counts[device] = nil
        if let rest = self.rests.removeValue(forKey: device) { self.append(rest) }
    }
}

extension ReadingGap {
    /// Stands for another gap of its device, too; false when it does so without saying which.
    fileprivate mutating func join(_ other: ReadingGap) -> Bool {
        self.reason = .several
        guard self.span.epoch == other.span.epoch else { return false }
        self.span.first = min(self.span.first, other.span.first)
        self.span.last = max(self.span.last, other.span.last)
        return true
    }
}
