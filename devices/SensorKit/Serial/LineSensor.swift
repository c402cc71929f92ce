/// A sensor that sends lines by itself.
package struct LineSensor: SensorDriver {
    private let feed: LineFeed
    private let slot: Int
    private let patience: Duration
    private let clock: any BusClock

    /// `patience` is how long ``collect()`` waits for a line; zero when the worker measures as lines come.
    package init(_ format: LineFormat, feed: LineFeed, patience: Duration, clock: any BusClock) {
        self.feed = feed
        self.slot = feed.add(format)
        self.patience = patience
        self.clock = clock
    }

    package mutating func prepare() throws(SensorFault) {
        try self.feed.open()
    }

    package mutating func start() throws(SensorFault) -> Duration { .zero }

    package mutating func collect() throws(SensorFault) -> [ChannelReading] {
        try self.feed.take(self.slot, until: self.clock.now + self.patience)
    }
}
