/// Where windows over event time begin and end. Every window leaves its start out and has its end in, as in Azure Stream
/// Analytics; instants are milliseconds since 1970.
///
/// ```
///   hopping, size 3 panes, a hop each     panes   ├──a──┤├──b──┤├──c──┤├──d──┤
///                                       windows   ├────── abc ──────┤
///                                                        ├────── bcd ──────┤
/// ```
/// Events are aggregated into **panes**, the longest pieces that no window cuts; a window is the merge of its panes. A sliding
/// window's panes are single instants: it has a result whenever an event enters (at its time) or leaves (`size` later). A
/// snapshot is a tumbling window of one instant.
package struct WindowSchedule: Equatable, Sendable {
    /// Length of a window.
    package let size: Int64
    /// From one end to the next; 0 when ends follow from the events.
    package let hop: Int64
    /// Ends are at multiples of ``hop`` plus this.
    package let offset: Int64
    /// Length of a pane.
    package let pane: Int64

    private init(size: Int64, hop: Int64, offset: Int64, pane: Int64) {
        self.size = size
        self.hop = hop
        self.offset = offset
        self.pane = pane
    }

    /// Windows of `size` that end every `hop`; both at least 1 ms, the hop at most the size.
    package static func hopping(size: Int64, hop: Int64, offset: Int64 = 0) -> WindowSchedule {
        let size = max(size, 1)
        let hop = min(max(hop, 1), size)
        return WindowSchedule(size: size, hop: hop, offset: offset % hop, pane: WindowSchedule.divisor(size, hop))
    }

    /// Windows that do not overlap.
    package static func tumbling(size: Int64, offset: Int64 = 0) -> WindowSchedule {
        .hopping(size: size, hop: size, offset: offset)
    }

    /// A window that ends at every instant at which its content changes.
    package static func sliding(size: Int64) -> WindowSchedule {
        WindowSchedule(size: max(size, 1), hop: 0, offset: 0, pane: 1)
    }

    /// A window of all events of one instant.
    package static let snapshot = WindowSchedule(size: 1, hop: 1, offset: 0, pane: 1)

    /// The end of the pane that an instant belongs to.
    @inline(__always)
    func paneEnd(of time: Int64) -> Int64 {
        self.pane == 1 ? time : WindowSchedule.roundUp(time - self.offset, to: self.pane) + self.offset
    }

    /// The end of the first window that a pane belongs to.
    @inline(__always)
    func firstEnd(of paneEnd: Int64) -> Int64 {
        self.hop == self.pane || self.hop == 0
            ? paneEnd : WindowSchedule.roundUp(paneEnd - self.offset, to: self.hop) + self.offset
    }

    @inline(__always)
    private static func roundUp(_ value: Int64, to unit: Int64) -> Int64 {
        let remainder = value % unit
        return remainder == 0 ? value : value - remainder + (value > 0 ? unit : 0)
    }

    private static func divisor(_ left: Int64, _ right: Int64) -> Int64 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }
}
