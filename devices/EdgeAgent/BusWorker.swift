import EdgeCore
import SensorKit

/// Samples the sensors of one bus at their intervals until told to stop. One thread per bus: one that blocks delays
/// neither the others nor the connection.
struct BusWorker: Sendable {
    let sensors: [SensorConfiguration]
    let outbox: Outbox
    let clock: SystemClock
    let journal: Journal
    let stop: WakeEvent

    /// The thread's body.
    func run() {
        let serial = SerialBus(self.sensors, waitsForLines: false, clock: self.clock)
        var group =
            serial.map { SensorGroup($0.drivers, clock: self.clock) }
            ?? SensorFactory.group(of: self.sensors, clock: self.clock)
        var schedule = SampleSchedule(
            intervals: self.sensors.map { .milliseconds($0.intervalMilliseconds) },
            areSending: serial?.isSending == true,
            start: self.clock.now
        )
        while let nextDue = schedule.nextDue {
            let wakeAt = min(nextDue, serial?.serviceAt ?? nextDue)
            let woken = self.stop.wait(
                atMost: wakeAt - self.clock.now,
                or: serial?.descriptor,
                events: serial?.events ?? 0
            )
            if woken.isSignalled { return }
            let due = serial?.takeDue(&schedule, &group) ?? schedule.takeDue(at: self.clock.now)
            guard !due.isEmpty else { continue }
            let instant = self.clock.instant  // once per cycle, as the conversions start
            let outcomes = group.sample(due)
            let channels = SensorFactory.channels(of: outcomes, sensors: self.sensors)
            if let body = TelemetryBody.encode(channels), self.outbox.append(Reading(instant: instant, body: body)) {
                self.journal(.warning, "the buffer is full: the oldest readings are dropped until a gateway takes them")
            }
            self.outbox.countReadErrors(outcomes.count { $0.fault != nil })
            for outcome in outcomes { self.log(outcome) }
            self.log(group.busChange)
        }
    }

    private func log(_ outcome: SensorGroup.Outcome) {
        let sensor = self.sensors[outcome.sensor]
        let fault = outcome.fault.map { "\($0)" } ?? ""
        switch outcome.change {
        case .none: break
        case .failing: self.journal(.warning, "sensor \(sensor.name) (\(sensor.place)) fails: \(fault)")
        case .unavailable:
            self.journal(.error, "sensor \(sensor.name) (\(sensor.place)) is unavailable: \(fault); it is still probed")
        case .recovered: self.journal(.notice, "sensor \(sensor.name) works again")
        }
    }

    private func log(_ change: BusLock.Change) {
        guard let sensor = self.sensors.first else { return }
        switch change {
        case .none: break
        case .locked:
            self.journal(.error, "bus \(sensor.busKey) is locked: everything on it times out; probing every 30 s")
        case .unlocked: self.journal(.notice, "bus \(sensor.busKey) works again")
        }
    }
}
