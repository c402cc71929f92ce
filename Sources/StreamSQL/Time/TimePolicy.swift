internal import TelemetryModel

/// What happens to events whose own time does not fit the time at which they came, as in Azure Stream Analytics.
///
/// All three limits belong to the events that are just within them: an event exactly `late` behind its arrival is on time.
/// Source: learn.microsoft.com, "Configuring event ordering policies for Azure Stream Analytics".
package struct TimePolicy: Equatable, Sendable {
    /// What becomes of an event beyond a tolerance.
    package enum Action: Equatable, Sendable {
        /// It becomes a dead letter that says by how much.
        case drop
        /// Its time becomes the earliest one that is within the tolerance.
        case adjust
    }

    /// Milliseconds that an event's time may be behind its enqueue time.
    package var late: Int64
    /// Milliseconds that an event's time may be behind the latest one of its timeline.
    package var outOfOrder: Int64
    /// Milliseconds that an event's time may be ahead of its enqueue time; beyond it the device's clock is wrong and the
    /// event is a dead letter whatever ``action`` says.
    package var early: Int64
    package var action: Action

    /// Tolerances; negative ones are zero.
    package init(
        late: Duration = .seconds(5),
        outOfOrder: Duration = .zero,
        early: Duration = .seconds(300),
        action: Action = .drop
    ) {
        self.late = max(late.wholeMilliseconds, 0)
        self.outOfOrder = max(outOfOrder.wholeMilliseconds, 0)
        self.early = max(early.wholeMilliseconds, 0)
        self.action = action
    }

    /// No instant is before it, and none after its opposite: ±2⁶⁰ ms are 36 million years, so that no sum overflows.
    static let earliest: Int64 = -(1 << 60)

    /// Decides about one live event; all instants are milliseconds since 1970.
    ///
    /// - Parameters:
    ///   - time: The event's own time.
    ///   - enqueued: When it came into the log.
    ///   - latest: The latest time of its timeline so far.
    /// - Returns: The time it counts at, or why it does not count.
    @inline(__always)
    func admit(_ time: Int64, enqueued: Int64, latest: Int64) -> Admission {
        guard time <= enqueued + self.early else { return .early(by: time - enqueued) }
        let lateLimit = enqueued - self.late
        let orderLimit = latest - self.outOfOrder
        if time >= lateLimit, time >= orderLimit { return .at(time) }
        guard self.action == .drop else { return .at(max(lateLimit, orderLimit)) }
        return time < lateLimit ? .late(by: enqueued - time) : .outOfOrder(by: latest - time)
    }
}
