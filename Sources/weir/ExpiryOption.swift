import ArgumentParser
import TelemetryModel

/// When something ends: after a duration, `10min`, or at a time, `2026-11-21T04:33:00Z`.
enum ExpiryOption: Equatable, ExpressibleByArgument {
    /// Milliseconds from now.
    case after(milliseconds: Int64)
    case at(Timestamp)

    init?(argument: String) {
        if let duration = DurationOption(argument: argument) {
            self = .after(milliseconds: duration.milliseconds)
        } else if let time = TimeOption(argument: argument) {
            self = .at(time.time)
        } else {
            return nil
        }
    }

    /// The point in time.
    func time(after now: Timestamp) -> Timestamp {
        switch self {
        case .after(let milliseconds): now + .milliseconds(milliseconds)
        case .at(let time): time
        }
    }
}
