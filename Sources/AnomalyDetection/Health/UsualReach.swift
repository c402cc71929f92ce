internal import TelemetryModel

/// How far a series usually gets from what is expected, learned from the largest distance of each hour.
///
/// For four days it goes up by 3 tenths of the difference and down by 2 hundredths; then up by a hundredth of itself and down by a
/// twentieth of that. Both settle near the distance that one hour in twenty exceeds, and the second is too slow to follow a drift
/// that is to be seen. 16 bytes.
struct UsualReach: Equatable, Sendable {
    private static let learningHours = 96
    private static let (learningUp, learningDown) = (0.3, 0.02)
    private static let (up, down) = (1.01, 0.9995)

    /// In the channel's unit; 0 before the first hour.
    private(set) var size = 0.0
    private(set) var hours = 0

    mutating func observe(_ distance: Double) {
        self.hours += self.hours < 1_000_000 ? 1 : 0
        guard self.hours > 1 else {
            self.size = distance
            return
        }
        guard self.hours <= UsualReach.learningHours else {
            self.size = distance > self.size ? min(self.size * UsualReach.up, distance) : self.size * UsualReach.down
            return
        }
        let weight = distance > self.size ? UsualReach.learningUp : UsualReach.learningDown
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
