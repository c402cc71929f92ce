/// One window of `GROUP BY`; all lengths in milliseconds.
///
/// Windows hold their end and not their start, as Azure Stream Analytics has it: `(start, end]`. Tumbling and hopping windows
/// end at multiples of their hop since 1970, shifted by ``offset``.
package struct WindowPlan: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// One after the other.
        case tumbling(size: Int64)
        /// Overlapping; begins anew every hop.
        case hopping(size: Int64, hop: Int64)
        /// Ends at each event and where one leaves.
        case sliding(size: Int64)
        /// Ends when nothing came for the timeout, or after the duration.
        case session(timeout: Int64, durationMax: Int64)
        /// All events with the same time.
        case snapshot
    }

    /// Longest size of a window, and longest `LIMIT DURATION` and `DATEDIFF` of a join: 7 days.
    package static let sizeMax: Int64 = 7 * 86_400_000

    /// What it is.
    package var kind: Kind
    /// How far tumbling and hopping windows are shifted; negative makes their start inclusive and their end exclusive.
    package var offset: Int64
    /// Its name in `Windows(Window('name', …))`.
    package var id: String?

    /// A window; lengths must be 1 ms or more.
    package init(kind: Kind, offset: Int64 = 0, id: String? = nil) {
        self.kind = kind
        self.offset = offset
        self.id = id
    }
}
