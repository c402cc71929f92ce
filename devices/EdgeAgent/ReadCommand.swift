import EdgeCore
import Glibc
import SensorKit
import Synchronization

/// `weir-agent read`: prints what the sensors say, once or at their intervals, without a gateway.
///
/// One thread a bus, as in `run`: a bus that is dead delays no other.
struct ReadCommand {
    /// What the threads have got so far.
    private final class Progress: Sendable {
        let isDone = WakeEvent()
        private let busesLeft: Mutex<Int>
        private let working = Mutex(Set<String>())

        init(buses: Int) {
            self.busesLeft = Mutex(buses)
        }

        /// Sensors with a value at their last measurement.
        var workingCount: Int { self.working.withLock { $0.count } }

        func measured(_ sensor: String, hasValue: Bool) {
            self.working.withLock { working in
                if hasValue { working.insert(sensor) } else { working.remove(sensor) }
            }
        }

        func endBus() {
            let isLast = self.busesLeft.withLock { count in
                count -= 1
                return count == 0
            }
            if isLast { self.isDone.signal() }
        }
    }

    /// How long one look waits for sensors that measure by themselves.
    private static let patience: Duration = .seconds(12)
    /// How often one look asks those that had nothing yet.
    private static let pauseMilliseconds = 250

    let configurationFile: String
    /// Until SIGTERM or SIGINT, and not once.
    let follows: Bool
    let printsJSON: Bool

    /// - Returns: Whether every sensor had a value at its last measurement.
    /// - Throws: Every fault of the configuration.
    func run() throws(ConfigurationFaults) -> Bool {
        let configuration = try ConfigurationFile.load(self.configurationFile)
        let buses = SensorFactory.buses(of: configuration.sensors)
        let table = ReadTable(configuration.sensors, printsJSON: self.printsJSON)
        table.printHeader()
        let signals = self.follows ? StopSignals() : nil  // before the first thread, which inherits the mask
        let stop = WakeEvent()
        let progress = Progress(buses: buses.count)
        let command = self
        let threads = buses.enumerated().map { index, sensors in
            NamedThread("bus-\(index)") {
                let channels = BusChannels(sensors)
                command.watch(sensors, stop: stop) { outcome in
                    let sensor = sensors[outcome.sensor]
                    progress.measured(sensor.name, hasValue: outcome.readings.contains { $0.value != nil })
                    table.print(outcome, of: sensor, channels: channels.values(of: outcome))
                }
                progress.endBus()
            }
        }
        while !progress.isDone.wait(atMost: .seconds(3_600), or: signals?.descriptor, events: POLLIN) {
            guard signals?.take() != nil else { continue }
            stop.signal()
            break
        }
        for thread in threads { _ = thread.wait(atMost: .seconds(1)) }
        return progress.workingCount == configuration.sensors.count
    }

    private func watch(_ sensors: [SensorConfiguration], stop: WakeEvent, _ take: (SensorGroup.Outcome) -> Void) {
        let clock = SystemClock()
        let serial = SerialBus(sensors, waitsForLines: !self.follows, clock: clock)
        var group =
            serial.map { SensorGroup($0.drivers, clock: clock) } ?? SensorFactory.group(of: sensors, clock: clock)
        var schedule = SampleSchedule(
            intervals: sensors.map { .milliseconds(self.follows ? $0.intervalMilliseconds : Self.pauseMilliseconds) },
            areSending: serial?.isSending == true,
            start: clock.now
        )
        var missing = Set(sensors.indices)
        let end = clock.now + Self.patience
        while let nextDue = schedule.nextDue, !missing.isEmpty, self.follows || clock.now < end {
            let wakeAt = min(nextDue, serial?.serviceAt ?? nextDue)
            let wait = wakeAt - clock.now
            if stop.wait(atMost: wait, or: serial?.descriptor, events: serial?.events ?? 0) { return }
            var due = serial?.takeDue(&schedule, &group) ?? schedule.takeDue(at: clock.now)
            if !self.follows { due.removeAll { !missing.contains($0) } }
            for outcome in group.sample(due) {
                if !self.follows { missing.remove(outcome.sensor) }
                take(outcome)
            }
        }
    }
}
