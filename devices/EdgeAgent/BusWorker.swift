import EdgeCore
import SensorKit

/// Samples the sensors of one bus at their intervals until told to stop. One thread per bus: one that blocks delays
/// neither the others nor the connection.
struct BusWorker: Sendable {
    /// The bus's sensors, and their numbers in the configuration.
    let sensors: [SensorConfiguration]
    let numbers: [Int]
    let outbox: Outbox
    let board: SensorBoard
    let clock: SystemClock
    let journal: Journal
    let port: BusPort
    /// When it will be back, for the watchdog.
    let promise: Promise

    /// Longest that one sample of a bus takes: three attempts of all its sensors, and a bus that is held low meanwhile.
    private static let sampleMax: Duration = .seconds(60)

    /// What the thread works with.
    private struct Work {
        var group: SensorGroup
        var schedule: SampleSchedule
        var channels: BusChannels
    }

    /// The thread's body.
    func run() {
        let serial = SerialBus(self.sensors, waitsForLines: false, clock: self.clock)
        var work = Work(
            group: serial.map { SensorGroup($0.drivers, clock: self.clock) }
                ?? SensorFactory.group(of: self.sensors, clock: self.clock),
            schedule: SampleSchedule(
                intervals: self.sensors.map { .milliseconds($0.intervalMilliseconds) },
                areSending: serial?.isSending == true,
                start: self.clock.now
            ),
            channels: BusChannels(self.sensors)
        )
        while let nextDue = work.schedule.nextDue {
            self.promise.backBy(nextDue)
            let wakeAt = min(nextDue, serial?.serviceAt ?? nextDue)
            let wait = wakeAt - self.clock.now
            if self.port.wake.wait(atMost: wait, or: serial?.descriptor, events: serial?.events ?? 0) {
                let orders = self.port.take()
                if orders.isStopping { return }
                if let sensors = orders.sensors { self.apply(sensors, to: &work) }
                for request in orders.requests { self.serve(request, with: &work) }
            }
            let due =
                serial?.takeDue(&work.schedule, &work.group) ?? work.schedule.takeDue(at: self.clock.now)
            if !due.isEmpty { self.sample(due, with: &work, isAsked: false) }
        }
    }

    @discardableResult
    private func sample(_ due: [Int], with work: inout Work, isAsked: Bool) -> [SensorGroup.Outcome] {
        self.promise.backBy(self.clock.now + Self.sampleMax)
        let instant = self.clock.instant  // once per cycle, as the conversions start
        let outcomes = work.group.sample(due)
        let now = Duration.milliseconds(instant.milliseconds)
        if let body = work.channels.reading(of: outcomes, at: now, isAsked: isAsked),
            self.outbox.append(Reading(instant: instant, body: body))
        {
            self.journal(.warning, "the buffer is full: the oldest readings are dropped until a gateway takes them")
        }
        self.outbox.countReadErrors(outcomes.count { $0.fault != nil })
        self.board.sampled(outcomes, sensors: self.numbers)
        for outcome in outcomes { self.log(outcome) }
        self.log(work.group.busChange)
        return outcomes
    }

    private func apply(_ sensors: [SensorConfiguration], to work: inout Work) {
        work.channels.apply(sensors)
        let now = self.clock.now
        work.schedule.change(intervals: sensors.map { .milliseconds($0.intervalMilliseconds) }, at: now)
    }

    private func serve(_ request: BusPort.Request, with work: inout Work) {
        for sensor in request.sensors {
            if request.initialisesAgain { work.group.forget(sensor) } else { work.group.probeSoon(sensor) }
        }
        let outcomes = self.sample(request.sensors, with: &work, isAsked: true)
        request.answer.add(
            request.sensors.map { sensor in
                guard let outcome = outcomes.first(where: { $0.sensor == sensor }) else {
                    let fault = "was not asked: its bus is locked, or it has nothing new yet"
                    return SampleAnswer.Sample(sensor: self.numbers[sensor], channels: [], fault: fault)
                }
                return SampleAnswer.Sample(
                    sensor: self.numbers[sensor],
                    channels: work.channels.values(of: outcome),
                    fault: outcome.fault.map { "\($0)" } ?? ""
                )
            }
        )
    }

    private func log(_ outcome: SensorGroup.Outcome) {
        let sensor = self.sensors[outcome.sensor]
        let fault = outcome.fault.map { "\($0)" } ?? ""
        switch outcome.change {
        case .none:
            if outcome.fault != nil { self.journal(.debug, "sensor \(sensor.name) (\(sensor.place)): \(fault)") }
        case .failing: self.journal(.warning, "sensor \(sensor.name) (\(sensor.place)) fails: \(fault)")
        case .unavailable:
            self.journal(.error, "sensor \(sensor.name) (\(sensor.place)) is unavailable: \(fault); it is still probed")
        case .recovered: self.journal(.notice, "sensor \(sensor.name) works again")
        }
        switch outcome.checksums {
        case .none: break
        case .noisy:
            let advice = "shorten its cable, check its pull-ups"
            self.journal(.warning, "sensor \(sensor.name): more than 1 % of its answers are garbled; \(advice)")
        case .quiet: self.journal(.notice, "sensor \(sensor.name): its answers are clean again")
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
