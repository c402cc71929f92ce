/// When the sensors of a bus are due: at whole intervals from the start, never late twice for one lateness.
///
/// Sensors with equal intervals stay together, so that their readings share one message. A bus that was blocked for
/// several intervals misses those samples and goes on in step.
///
/// Sensors that send by themselves are due when something of theirs has come, once an interval; and when nothing has come
/// for three intervals, so that their silence is noticed.
package struct SampleSchedule: Sendable {
    private var intervals: [Duration]
    private var dueAt: [Duration]
    /// The first interval of a sensor that sends by itself and has not sent in it yet begins here.
    private var openAt: [Duration]
    private let areSending: Bool

    /// Intervals without anything after which a sensor that sends by itself is silent.
    package static let silentIntervals = 3

    /// - Parameters:
    ///   - intervals: One per sensor, each above zero.
    ///   - areSending: Whether the sensors send by themselves.
    ///   - start: When all of them are due for the first time.
    package init(intervals: [Duration], areSending: Bool = false, start: Duration) {
        precondition(intervals.allSatisfy { $0 > .zero }, "an interval of nothing is always due")
        self.intervals = intervals
        self.dueAt = intervals.map { _ in start }
        self.openAt = self.dueAt
        self.areSending = areSending
    }

    /// Other intervals for the same sensors. One that has changed is due at once, and from then on.
    package mutating func change(intervals: [Duration], at now: Duration) {
        precondition(intervals.count == self.intervals.count, "a schedule keeps its sensors")
        precondition(intervals.allSatisfy { $0 > .zero }, "an interval of nothing is always due")
        for sensor in intervals.indices where intervals[sensor] != self.intervals[sensor] {
            // In step with those that have the same interval already, so that they share messages.
            let peer = intervals.indices.first { $0 != sensor && self.intervals[$0] == intervals[sensor] }
            self.intervals[sensor] = intervals[sensor]
            self.dueAt[sensor] = peer.map { self.dueAt[$0] } ?? now
            self.openAt[sensor] = now
        }
    }

    /// The next instant at which something is due; `nil` without sensors.
    package var nextDue: Duration? { self.dueAt.min() }

    /// The sensors that are due, whose next instant is then set.
    package mutating func takeDue(at now: Duration) -> [Int] {
        var due: [Int] = []
        for sensor in self.dueAt.indices where self.dueAt[sensor] <= now {
            due.append(sensor)
            let interval = self.intervals[sensor]
            let missed = Int64((now - self.dueAt[sensor]) / interval)
            self.dueAt[sensor] += interval * (missed + 1)
        }
        return due
    }

    /// Of sensors that send by themselves and have just sent, those for which it is time.
    ///
    /// Once an interval, at the pace of the sensor: a quarter of an interval early is taken for its unsteadiness.
    package mutating func takeArrived(_ sensors: [Int], at now: Duration) -> [Int] {
        precondition(self.areSending, "sensors that are asked do not send by themselves")
        var due: [Int] = []
        for sensor in sensors {
            let interval = self.intervals[sensor]
            self.dueAt[sensor] = now + interval * Self.silentIntervals
            guard now >= self.openAt[sensor] - interval / 4 else { continue }
            due.append(sensor)
            let isLate = now > self.openAt[sensor] + interval / 2
            self.openAt[sensor] = (isLate ? now : self.openAt[sensor]) + interval
        }
        return due
    }
}
