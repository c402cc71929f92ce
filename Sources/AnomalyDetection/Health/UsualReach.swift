internal import TelemetryModel

/// How far a series usually gets from what is expected, learned from the largest distance of each hour.
///
/// Up by 3 tenths of the difference and down by 2 hundredths: it settles near the distance that one hour in twenty exceeds, and one
/// strange hour moves it by a third of its strangeness. 16 bytes.
struct UsualReach: Equatable, Sendable {
    private static let up = 0.3
    private static let down = 0.02

    /// In the channel's unit; 0 before the first hour.
    private(set) var size = 0.0
    private(set) var hours = 0

    mutating func observe(_ distance: Double) {
        self.hours += self.hours < 1_000_000 ? 1 : 0
        guard self.hours > 1 else {
            self.size = distance
            return
        }
        let weight = distance > self.size ? UsualReach.up : UsualReach.down
        self.size = self.size * (1 - weight) + distance * weight
    }

    func snapshot(into state: inout StateWriter) {
        state.write(self.size)
        state.write(self.hours)
    }
}

extension UsualReach {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.size = try state.readSize()
        self.hours = try state.readTally(atMost: 1_000_000)
    }
}
