import DequeModule
import TelemetryModel

/// Who was disconnected lately, so that a CONNECT that was decided meanwhile is decided again.
///
/// Bounded: what fell out of the list counts as everyone.
struct Revocations {
    private enum Entry: Equatable {
        case principal(Principal)
        case certificate(Int)
    }

    private static let countMax = 1_024

    private var entries: Deque<Entry> = []
    /// The number of the first in the list.
    private var start: UInt64 = 0

    /// The number of the next.
    var end: UInt64 { self.start + UInt64(self.entries.count) }

    mutating func note(_ principal: Principal) {
        self.note(.principal(principal))
    }

    /// Notes a client certificate, by its mark.
    mutating func note(certificate: Int) {
        self.note(.certificate(certificate))
    }

    private mutating func note(_ entry: Entry) {
        if self.entries.count >= Revocations.countMax {
            self.entries.removeFirst()
            self.start += 1
        }
        self.entries.append(entry)
    }

    /// Whether the principal, or the device whose module it is, or the certificate that it shows, was revoked at `mark` or
    /// after.
    func contains(_ principal: Principal, certificate: Int? = nil, since mark: UInt64) -> Bool {
        guard mark < self.end else { return false }
        guard mark >= self.start else { return true }
        return self.entries[Int(mark - self.start)...].contains { entry in
            switch entry {
            case .certificate(let revoked):
                return revoked == certificate
            case .principal(let revoked):
                if revoked == principal { return true }
                guard let identity = revoked.identity, identity.module == nil else { return false }
                return identity.device == principal.identity?.device
            }
        }
    }
}
