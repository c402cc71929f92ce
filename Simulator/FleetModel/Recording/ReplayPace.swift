package import TelemetryModel

/// When a recorded reading goes out: recorded time divided by the speed, never before the one ahead of it.
package struct ReplayPace: Equatable, Sendable {
    /// Recorded time per real time; 0 sends at once.
    private let speed: Double
    private let origin: Timestamp
    private var latest = Duration.zero

    /// Later readings than this are never waited for longer: ten years.
    private static let waitMax = Duration.seconds(315_360_000)

    /// A pace.
    ///
    /// - Parameters:
    ///   - speed: 1 is the recorded pace, 60 an hour a minute, 0 no waiting; not negative.
    ///   - origin: the recorded instant of the run's start.
    package init(speed: Double, origin: Timestamp) {
        precondition(speed >= 0, "a negative speed is refused by the command line")
        self.speed = speed
        self.origin = origin
    }

    /// When the next reading is due, since the start of the run. A recording that jumps back does not wait.
    package mutating func due(of time: Timestamp) -> Duration {
        guard self.speed > 0 else { return .zero }
        let seconds = Double(time.milliseconds - self.origin.milliseconds) / 1_000 / self.speed
        let due = seconds >= 315_360_000 ? ReplayPace.waitMax : Duration.seconds(max(0, seconds))
        self.latest = max(self.latest, due)
        return self.latest
    }
}
