import TelemetryModel

/// One simulated device: gives its readings in order, for ever.
///
/// Its numbers depend on the seed, its id, its group and its faults, and on nothing else: not on the clock, not on other
/// devices, not on when it is asked.
package struct FleetDevice: Sendable {
    /// The device's id.
    package let id: String
    /// Time from reading to reading.
    package let interval: Duration
    /// When the first reading is due, since the start; less than the interval.
    package let phase: Duration
    /// The number of the next reading, from 0.
    package private(set) var nextNumber = 0
    private let startHour: Double
    private var channels: [ChannelSignal]
    private let faults: [FaultWindow]
    private var random: SplitMix64

    /// A fault in the numbers of its readings.
    private struct FaultWindow: Sendable {
        let channel: Int
        let readings: Range<Int>
        let size: Double
    }

    init(id: String, group: DeviceGroup, phase: Duration, startHour: Double, faults: [Fault], seed: UInt64) {
        var random = SplitMix64(seed: seed, name: id)
        self.id = id
        self.interval = group.interval
        self.phase = phase
        self.startHour = startHour
        self.channels = group.channels.map { ChannelSignal(model: $0, interval: group.interval, random: &random) }
        self.random = random
        self.faults = faults.compactMap { fault in
            guard let channel = group.channels.firstIndex(where: { $0.name == fault.channel }) else { return nil }
            let first = FleetDevice.number(dueAtOrAfter: fault.after, interval: group.interval, phase: phase)
            return FaultWindow(channel: channel, readings: first..<(first + fault.readings), size: fault.size)
        }
    }

    /// When the next reading is due, since the start.
    package var nextDue: Duration { self.phase + self.interval * self.nextNumber }

    /// The next reading.
    package mutating func next() -> FleetReading {
        let due = self.nextDue
        let number = self.nextNumber
        self.nextNumber += 1
        let hour = self.startHour + Double(due.wholeMilliseconds) / 3_600_000
        var values = [FleetReading.Value]()
        values.reserveCapacity(self.channels.count)
        for index in self.channels.indices {
            var fault = 0.0
            for window in self.faults where window.channel == index && window.readings.contains(number) {
                fault += window.size
            }
            let value = self.channels[index].next(atHour: hour, fault: fault, random: &self.random)
            values.append(FleetReading.Value(channel: self.channels[index].model.name, number: value))
        }
        return FleetReading(due: due, values: values)
    }

    private static func number(dueAtOrAfter time: Duration, interval: Duration, phase: Duration) -> Int {
        guard time > phase else { return 0 }
        let wait = (time - phase).wholeMilliseconds
        let step = max(1, interval.wholeMilliseconds)
        return Int((wait + step - 1) / step)
    }
}
