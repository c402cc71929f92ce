import DequeModule
import TelemetryModel

/// Who was disconnected lately, so that a CONNECT that was decided meanwhile is decided again.
///
/// Bounded: what fell out of the list counts as everyone.
struct Revocations {
    private static let countMax = 1_024

    private var principals: Deque<Principal> = []
    /// The number of the first in the list.
    private var start: UInt64 = 0

    /// The number of the next.
    var end: UInt64 { self.start + UInt64(self.principals.count) }

    mutating func note(_ principal: Principal) {
        if self.principals.count >= Revocations.countMax {
            self.principals.removeFirst()
            self.start += 1
        }
        self.principals.append(principal)
    }

    /// Whether the principal, or the device whose module it is, was revoked at `mark` or after.
    func contains(_ principal: Principal, since mark: UInt64) -> Bool {
        guard mark < self.end else { return false }
        guard mark >= self.start else { return true }
        return self.principals[Int(mark - self.start)...].contains { revoked in
            if revoked == principal { return true }
            guard let identity = revoked.identity, identity.module == nil else { return false }
            return identity.device == principal.identity?.device
        }
    }
}
