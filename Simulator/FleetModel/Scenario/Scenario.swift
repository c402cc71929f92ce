import TelemetryModel

/// A whole deployment: with its seed it gives the same devices, readings and faults, every time, on every machine.
package struct Scenario: Equatable, Sendable {
    package var seed: UInt64
    /// Hours since midnight in the fleet's day when the run starts, 0 ..< 24; so a run at night sees the same sun.
    package var startHour: Double
    package var groups: [DeviceGroup]
    package var faults: [Fault]

    /// The most devices of one scenario.
    package static let deviceCountMax = 100_000

    /// A scenario.
    package init(seed: UInt64, startHour: Double, groups: [DeviceGroup], faults: [Fault]) {
        self.seed = seed
        self.startHour = startHour
        self.groups = groups
        self.faults = faults
    }

    /// The scenario's devices in order, each before its first reading.
    ///
    /// A group's devices are spread evenly over their interval, so that they do not all publish in one instant.
    package func makeDevices() -> [FleetDevice] {
        var faults = [String: [Fault]]()
        for fault in self.faults { faults[fault.device, default: []].append(fault) }
        return self.groups.flatMap { group in
            group.ids.enumerated().map { index, id in
                FleetDevice(
                    id: id,
                    group: group,
                    phase: .milliseconds(group.interval.wholeMilliseconds * Int64(index) / Int64(group.ids.count)),
                    startHour: self.startHour,
                    faults: faults[id] ?? [],
                    seed: self.seed
                )
            }
        }
    }
}
