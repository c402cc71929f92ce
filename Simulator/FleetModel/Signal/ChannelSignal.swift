import TelemetryModel

/// One channel of one device while the fleet runs: its level, and where its wandering stands.
struct ChannelSignal: Sendable {
    let model: ChannelModel
    private let offset: Double
    /// First-order autoregression of standard deviation 1: `wander ← keep × wander + kick × normal`.
    private var wander: Double
    private let keep: Double
    private let kick: Double

    init(model: ChannelModel, interval: Duration, random: inout SplitMix64) {
        self.model = model
        self.offset = model.spread * random.normal()
        self.wander = random.normal()
        // 1 - t/T stands for exp(-t/T): the same bits everywhere, and no difference that a sensor would show.
        let step = Double(interval.wholeMilliseconds) / Double(ChannelModel.wanderMemory.wholeMilliseconds)
        self.keep = max(0, 1 - step)
        self.kick = (1 - self.keep * self.keep).squareRoot()
    }

    /// The next reading.
    ///
    /// - Parameters:
    ///   - hour: hours since midnight in the fleet's own day.
    ///   - fault: what a fault adds, in the channel's unit.
    ///   - random: the device's generator.
    /// - Returns: the number as the sensor reports it.
    mutating func next(atHour hour: Double, fault: Double, random: inout SplitMix64) -> DecimalValue {
        self.wander = self.keep * self.wander + self.kick * random.normal()
        let place =
            self.model.mean + self.offset + self.model.cycle.value(atHour: hour) + self.model.wander * self.wander
        let seen = place + self.model.noise * random.normal() + fault
        return self.model.resolution.quantize(min(max(seen, self.model.range.lowerBound), self.model.range.upperBound))
    }
}
