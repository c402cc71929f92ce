internal import AnomalyDetection
internal import StreamSQL
internal import TelemetryModel

extension StreamConfiguration {
    /// Everything a pipeline's state depends on; a state is restored only where it is the same.
    var fingerprint: [UInt8] {
        var state = StateWriter()
        state.write(self.name.utf8)
        state.write(self.inputTopic.utf8)
        state.write(self.windows.size)
        state.write(self.windows.lateness)
        state.write(self.spikes.warmUpCount)
        state.write(self.spikes.bandFactor)
        state.write(self.spikes.clearCount)
        state.write(self.spikes.relearnCount)
        state.write(self.spikes.worseFactor)
        state.write(self.spikes.reluctance)
        state.write(self.spikes.reluctanceMax)
        state.write(self.spikes.reluctanceHalfLife)
        state.write(self.earlyArrivalMax.wholeMilliseconds)
        state.write(self.idleTime.wholeMilliseconds)
        state.write(self.seriesMax)
        state.write(self.channelsPerDeviceMax)
        return state.bytes
    }
}
