import Synchronization

/// Tells the user about trouble: the first of each kind at once, all of them counted.
///
/// Bounded: faults are few kinds; beyond ``kindsMax`` new ones count as “other”.
final class FleetNotes: Sendable {
    private static let kindsMax = 32

    private let counts = Mutex<[String: Int]>([:])
    private let show: @Sendable (String) -> Void

    /// - Parameter show: prints one line.
    init(show: @escaping @Sendable (String) -> Void) {
        self.show = show
    }

    /// A connection was lost or not made; the device tries again.
    func lost(_ device: String, _ fault: ConnectionFault) {
        if self.count("\(fault)") { self.show("\(device): \(fault); trying again") }
    }

    /// A device was refused for good.
    func refused(_ device: String, _ refusal: Refusal) {
        if self.count("\(refusal)") { self.show("\(device): \(refusal)") }
    }

    /// Every kind with how often it happened, most often first.
    var totals: [(kind: String, count: Int)] {
        self.counts.withLock { counts in
            counts.map { (kind: $0.key, count: $0.value) }.sorted { ($1.count, $0.kind) < ($0.count, $1.kind) }
        }
    }

    /// Counts one; `true` when it is the first of its kind.
    private func count(_ kind: String) -> Bool {
        self.counts.withLock { counts in
            let kind = counts[kind] != nil || counts.count < FleetNotes.kindsMax ? kind : "other faults"
            counts[kind, default: 0] += 1
            return counts[kind] == 1
        }
    }
}
