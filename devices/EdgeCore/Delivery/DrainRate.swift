/// Bounds how fast the backlog is sent: a bucket that holds a quarter of a second's readings, one parcel at least.
package struct DrainRate: Sendable {
    private let perSecond: Int64
    private let most: Int64
    private var level: Int64
    private var filledAt: BootInstant?

    /// - Parameter readingsPerSecond: Above zero.
    package init(readingsPerSecond: Int) {
        self.perSecond = Int64(readingsPerSecond)
        self.most = max(Int64(readingsPerSecond / 4), Int64(Parcel.readingsMax))
        self.level = self.most
    }

    /// Whether a parcel may be sent now: it may while the bucket is not empty, and takes it below zero.
    package mutating func allows(at now: BootInstant) -> Bool {
        if let filledAt = self.filledAt {
            let milliseconds = min(max(now.milliseconds - filledAt.milliseconds, 0), 10_000)
            let gained = self.perSecond * milliseconds / 1_000
            guard gained > 0 else { return self.level > 0 }
            self.level = min(self.level + gained, self.most)
        }
        self.filledAt = now
        return self.level > 0
    }

    package mutating func take(_ readings: Int) {
        self.level -= Int64(readings)
    }

    /// When it has something again.
    package func nextInstant(after now: BootInstant) -> BootInstant {
        let milliseconds = (1 - min(self.level, 0)) * 1_000 / self.perSecond + 1
        return BootInstant(milliseconds: now.milliseconds + milliseconds)
    }
}
