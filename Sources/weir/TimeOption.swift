import ArgumentParser
import TelemetryModel

/// A point in time as people write it: ISO 8601, UTC when no zone is named, or a Unix time.
struct TimeOption: Equatable, ExpressibleByArgument {
    var time: Timestamp

    init?(argument: String) {
        guard let time = ReadingTime.parse(argument) else { return nil }
        self.time = time
    }
}
