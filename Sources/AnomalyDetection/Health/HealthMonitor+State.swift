package import TelemetryModel

extension HealthMonitor {
    /// The format of ``snapshot(into:)``; another one is not read.
    package static let version = 1

    /// Writes all that was learned and all alerts, but for device and model, which the caller has.
    package func snapshot(into state: inout StateWriter) {
        state.write(HealthMonitor.version)
        state.write(self.places.count)
        state.write(self.channels.count)
        for channel in self.channels {
            state.write(channel.place)
            channel.snapshot(into: &state)
        }
        state.write(self.climate != nil)
        self.climate?.snapshot(into: &state)
        self.clock.snapshot(into: &state)
        self.clockAlert.snapshot(into: &state)
        self.silence.snapshot(into: &state)
        self.silenceAlert.snapshot(into: &state)
        state.write(self.lastPosition.partition)
        state.write(self.lastPosition.offset)
    }

    /// Reads what ``snapshot(into:)`` wrote for a model with as many channels.
    ///
    /// - Throws: When the bytes are of another version or number of channels, or hold what was never written.
    package init(device: String, model: HealthModel, restoring state: inout StateReader) throws(StateReader.Fault) {
        self.init(device: device, model: model)
        try state.expectVersion(HealthMonitor.version)
        guard try state.readTally() == model.channels.count else { throw state.fault }
        for seen in 0..<(try state.readTally(atMost: model.channels.count)) {
            let place = try state.readTally()
            guard place < model.channels.count, self.places[place] == nil else { throw state.fault }
            self.channels.append(try ChannelHealth(place, restoring: &state))
            self.places[place] = seen
        }
        self.climate = try state.readBool() ? try ClimateDetector(restoring: &state) : nil
        self.clock = try ClockDetector(restoring: &state)
        self.clockAlert = try TrackedAlert(restoring: &state)
        self.silence = try SilenceDetector(restoring: &state)
        self.silenceAlert = try TrackedAlert(restoring: &state)
        self.lastPosition = RecordPosition(partition: try state.readTally(), offset: try state.readInt64())
    }
}
