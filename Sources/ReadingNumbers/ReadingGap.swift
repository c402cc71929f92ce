/// Readings that the log does not have and, for all the gateway knows, never will.
///
/// If they come after all, they are stored like any others.
package struct ReadingGap: Hashable, Sendable {
    /// Why nobody waits for them any more.
    package enum Reason: UInt8, CaseIterable, Sendable {
        /// The device said that it gave them up.
        case dropped = 1
        /// Later ones came, and these had not come a day after.
        case missing = 2
        /// Too many pieces of the epoch are apart, or too many epochs or devices: this one is not watched any longer.
        case unwatched = 3
        /// The device has more gaps than are told one by one: some of these readings are missing, and perhaps others of
        /// other epochs.
        case several = 4
    }

    /// `device` or `device/module`.
    package var device: String
    /// Which readings.
    package var span: ReadingSpan
    /// Why they are told.
    package var reason: Reason

    /// A gap of a device.
    package init(device: String, span: ReadingSpan, reason: Reason) {
        self.device = device
        self.span = span
        self.reason = reason
    }
}

extension ReadingGap.Reason {
    /// As records tell it.
    package var name: String {
        switch self {
        case .dropped: "dropped"
        case .missing: "missing"
        case .unwatched: "unwatched"
        case .several: "several"
        }
    }
}
