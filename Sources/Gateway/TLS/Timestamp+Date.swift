import FoundationEssentials
import TelemetryModel

extension Timestamp {
    /// The instant of a date.
    init(_ date: Date) {
        self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1_000).rounded()))
    }

    /// The same as a date.
    var date: Date { Date(timeIntervalSince1970: Double(self.milliseconds) / 1_000) }
}
