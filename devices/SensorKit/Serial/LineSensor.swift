/// A sensor that sends lines by itself.
package struct LineSensor: SensorDriver {
    private let feed: LineFeed
    private let slot: Int
    private let silenceMax: Duration

    /// `silenceMax` is how long the sensor may send nothing of its own.
    package init(_ format: LineFormat, feed: LineFeed, silenceMax: Duration) {
        self.feed = feed
        self.slot = feed.add(format)
        self.silenceMax = silenceMax
    }

    /// The next measurement is the next line, whenever it comes.
    package var repetition: Repetition { Repetition(attemptsMax: 1) }

    package mutating func prepare() throws(SensorFault) {
        try self.feed.open()
    }

    package mutating func start() throws(SensorFault) -> Duration { .zero }

    package mutating func collect() throws(SensorFault) -> [ChannelReading] {
        try self.feed.take(self.slot, silenceMax: self.silenceMax)
    }
}
