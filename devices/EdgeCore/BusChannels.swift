package import SensorKit

/// The channels of one bus: makes what its sensors measured into readings, by each channel's rule.
///
/// ```
///  outcome ─► offset, clip ─► dew point ─► report on change ─► body
/// ```
/// Confined to the bus's worker. Sensors are numbered as in the bus's list, which never changes while the agent runs.
package struct BusChannels: Sendable {
    private struct Channel {
        let quantity: Quantity
        let name: [UInt8]
        var policy: ChannelPolicy
    }

    private var channels: [[Channel]]
    private var body = TelemetryBody()

    package init(_ sensors: [SensorConfiguration]) {
        self.channels = sensors.map { sensor in
            Quantity.allCases.compactMap { quantity in
                guard let name = sensor.channels[quantity] else { return nil }
                let policy = ChannelPolicy(sensor.rule(of: quantity))
                return Channel(quantity: quantity, name: Array(name.utf8), policy: policy)
            }
        }
    }

    /// Takes other rules for the same sensors; what was published last stays known.
    package mutating func apply(_ sensors: [SensorConfiguration]) {
        for sensor in self.channels.indices {
            for index in self.channels[sensor].indices {
                let quantity = self.channels[sensor][index].quantity
                self.channels[sensor][index].policy.rule = sensors[sensor].rule(of: quantity)
            }
        }
    }

    /// The body of the reading of one cycle; `nil` when nothing in it is to be published.
    ///
    /// - Parameters:
    ///   - outcomes: What the bus gave.
    ///   - now: When; monotonic.
    ///   - isAsked: Whether somebody asked for it: then everything that was measured is published.
    /// - Returns: As ``TelemetryBody`` has it.
    package mutating func reading(
        of outcomes: [SensorGroup.Outcome],
        at now: Duration,
        isAsked: Bool = false
    ) -> [UInt8]? {
        for outcome in outcomes {
            for reading in outcome.readings { self.publish(reading, of: outcome.sensor, at: now, isAsked: isAsked) }
            guard self.channel(.dewPoint, of: outcome.sensor) != nil, let dewPoint = self.dewPoint(of: outcome) else {
                continue
            }
            self.publish(dewPoint, of: outcome.sensor, at: now, isAsked: isAsked)
        }
        return self.body.finish()
    }

    /// What an outcome's channels say, by name and after their offsets, for answers to people.
    package func values(of outcome: SensorGroup.Outcome) -> [TelemetryBody.Channel] {
        let readings = outcome.readings + (self.dewPoint(of: outcome).map { [$0] } ?? [])
        return readings.compactMap { reading in
            guard let index = self.channel(reading.quantity, of: outcome.sensor) else { return nil }
            let channel = self.channels[outcome.sensor][index]
            let name = String(decoding: channel.name, as: UTF8.self)
            return TelemetryBody.Channel(name: name, reading: reading.calibrated(by: channel.policy.rule.offset))
        }
    }

    private func channel(_ quantity: Quantity, of sensor: Int) -> Int? {
        self.channels[sensor].firstIndex { $0.quantity == quantity }
    }

    private func offset(_ quantity: Quantity, of sensor: Int) -> Double {
        self.channel(quantity, of: sensor).map { self.channels[sensor][$0].policy.rule.offset } ?? 0
    }

    /// The dew point of an outcome's temperature and humidity, after their offsets; as suspect as they are. `nil` when one
    /// of them is missing, or the air is quite dry.
    private func dewPoint(of outcome: SensorGroup.Outcome) -> ChannelReading? {
        func corrected(_ quantity: Quantity) -> ChannelReading? {
            outcome.readings.first { $0.quantity == quantity }?
                .calibrated(by: self.offset(quantity, of: outcome.sensor))
        }
        guard let temperature = corrected(.temperature), let humidity = corrected(.humidity),
            let warmth = temperature.value, let moisture = humidity.value,
            let value = DewPoint.celsius(temperature: warmth, humidity: moisture)
        else { return nil }
        for case .suspect(_, let reason) in [temperature.outcome, humidity.outcome] {
            return ChannelReading(.dewPoint, .suspect(value, reason))
        }
        return ChannelReading(.dewPoint, .good(value))
    }

    private mutating func publish(_ reading: ChannelReading, of sensor: Int, at now: Duration, isAsked: Bool) {
        guard let index = self.channel(reading.quantity, of: sensor) else { return }
        let outcome = reading.calibrated(by: self.channels[sensor][index].policy.rule.offset).outcome
        let isAdmitted: Bool
        switch outcome {
        case .good(let value):
            isAdmitted = self.channels[sensor][index].policy.admits(value, isSuspect: false, at: now)
        case .suspect(let value, _):
            isAdmitted = self.channels[sensor][index].policy.admits(value, isSuspect: true, at: now)
        case .bad: return
        }
        if isAdmitted || isAsked { self.body.append(self.channels[sensor][index].name, outcome) }
    }
}
