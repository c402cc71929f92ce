package import TelemetryModel

/// What expressions read: the values at a step's numbered slots, and the row's time.
///
/// Which slot holds what says the plan: before grouping ``SelectPlan/inputs`` and ``SelectPlan/analytics``, in a group
/// ``GroupPlan``. Slots that nobody has filled are `NULL`.
package struct StreamRow: Sendable {
    /// The values.
    package var slots: [StreamValue]
    /// `System.Timestamp()`: the event's time, of a joined row the later one, of a group the window's end.
    package var time: Timestamp

    /// A row.
    package init(slots: [StreamValue], time: Timestamp) {
        self.slots = slots
        self.time = time
    }

    /// A row of `NULL`s.
    package init(slotCount: Int, time: Timestamp = Timestamp(milliseconds: 0)) {
        self.init(slots: Array(repeating: .null, count: slotCount), time: time)
    }
}
