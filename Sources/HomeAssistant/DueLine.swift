import DequeModule
import TelemetryModel

/// Devices in the order in which something is due for them.
///
/// Entering costs what stands behind the new place: nearly nothing, for later comes with later times.
struct DueLine: Sendable {
    private var line: Deque<(due: Duration, device: IdentityID)> = []

    /// When the first one is due; `nil`: nobody waits.
    var first: Duration? { self.line.first?.due }

    mutating func enter(_ device: IdentityID, due: Duration) {
        var place = self.line.count
        while place > 0, self.line[place - 1].due > due { place -= 1 }
        self.line.insert((due, device), at: place)
    }

    /// Takes the first one out, if it is due.
    mutating func next(at now: Duration) -> IdentityID? {
        guard let first = self.line.first, first.due <= now else { return nil }
        self.line.removeFirst()
        return first.device
    }
}
