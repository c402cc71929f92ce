package import TelemetryModel

/// The health of one device: all detectors of its channels, its silence and its clock, and their alerts.
///
/// - Nothing needs to be configured: limits come from the ``HealthModel``, which a channel's name is enough for.
/// - One alert per channel, one for silence and one for the clock are open at a time.
/// - The only clock is the arrival of records and ``advance(to:)``; the same inputs give the same outputs.
/// - Bounded: 1.1 KiB for a device that has said nothing, 2.6 KiB for each channel seen; an open alert has 1 KiB more.
/// - A record that comes late, comes again or is backlog begins and ends no alert.
///
/// Not safe to share between threads while it changes; belongs to one partition.
package struct HealthMonitor: Equatable, Sendable {
    /// Readings farther out are taken as this far out, so that no difference overflows.
    static let valueMax = 1e150
    /// Instants are taken into the years 1 to 9998, so that no arithmetic on them overflows.
    static let times = Timestamp(milliseconds: -62_100_000_000_000)...Timestamp(milliseconds: 253_300_000_000_000)
    /// Temperature and humidity belong together when they were measured within so much, in milliseconds.
    static let pairMax = 60_000.0

    package let device: String
    package let model: HealthModel
    /// The channels that have been seen, in the order of their first reading.
    var channels: [ChannelHealth] = []
    /// By the channel's place in the model: its place in `channels`.
    var places: [Int?]
    var climate: ClimateDetector?
    var clock = ClockDetector()
    var clockAlert = TrackedAlert()
    var silence = SilenceDetector()
    var silenceAlert = TrackedAlert()
    var lastPosition = RecordPosition(partition: 0, offset: 0)

    /// The health of a device of which nothing is known yet.
    package init(device: String, model: HealthModel) {
        self.device = device
        self.model = model
        self.places = Array(repeating: nil, count: model.channels.count)
    }

    /// Judges a record. Channels that the model does not have are passed over.
    package mutating func observe(_ record: HealthRecord) -> HealthReport {
        let arrival = HealthMonitor.bounded(record.arrival)
        var changes = self.advance(to: arrival)
        guard !record.isHistorical else {
            var report = HealthReport(.historical)
            report.changes = changes
            return report
        }
        let stamp = self.clock.observe(
            HealthMonitor.bounded(record.time),
            arrival: arrival,
            isSame: self.isSame(record.readings),
            usualInterval: self.silence.gaps.usual
        )
        self.observeClock(stamp.finding, record.position, at: arrival, into: &changes)
        guard stamp.role == .live || stamp.role == .restarted else {
            var report = HealthReport(.late)
            report.changes = changes
            return report
        }
        let isNewClock = stamp.role == .restarted
        if self.silence.observe(stamp.time, arrival: arrival, isNewClock: isNewClock) {
            self.observeSilence(nil, record.position, at: arrival, into: &changes)
        }
        self.lastPosition = record.position
        var report = HealthReport(.judged)
        report.changes = changes
        self.judge(record, at: stamp.time, arrival: arrival, into: &report)
        return report
    }

    /// Lets time pass: finds a silence, ends operators' silences, ages alerts. To be called at ``deadline``, or with any tick.
    package mutating func advance(to now: Timestamp) -> [AlertChange] {
        let now = HealthMonitor.bounded(now)
        var changes: [AlertChange] = []
        if let finding = self.silence.advance(to: now) {
            self.observeSilence(finding, self.lastPosition, at: now, into: &changes)
        }
        for place in self.channels.indices where self.channels[place].isWaiting {
            // At most two things at once: an end by age, and an operator's silence that is over.
            for _ in 0..<2 {
                let before = self.channels[place].alert.life.open
                let action = self.channels[place].advance(to: now)
                self.tell(action, before: before, channel: place, at: now, into: &changes)
            }
        }
        self.advanceDeviceAlerts(to: now, into: &changes)
        return changes
    }

    /// The next instant at which ``advance(to:)`` finds something; `nil` when it will not without another record.
    package var deadline: Timestamp? {
        var earliest = self.silence.deadline
        func consider(_ time: Timestamp?) {
            guard let time else { return }
            earliest = earliest.map { min($0, time) } ?? time
        }
        for channel in self.channels { consider(channel.deadline) }
        consider(self.silenceAlert.life.deadline(policy: .device))
        consider(self.clockAlert.life.deadline(policy: .device))
        return earliest
    }
}
