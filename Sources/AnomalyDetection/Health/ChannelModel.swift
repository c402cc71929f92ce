/// What is known of a channel before its first reading: from the device's model, from a user, or from its name alone.
package struct ChannelModel: Equatable, Sendable {
    /// The name in the device's JSON.
    package var name: String
    package var kind: ChannelKind
    /// Empty when it is not known.
    package var unit: String
    /// What the sensor can measure, or a user's narrower limits, in the unit.
    package var limits: ExpectedLimits
    /// How far inside ``limits`` a reading must be to count as back, in the unit; 0 or more.
    package var hysteresis: Double
    /// Fastest change that can be true, in the unit per minute; `nil`: learned.
    package var rateMax: Double?
    /// The battery's level at which the device stops, in the unit; `nil`: 88 % of the best level seen (V), or 15 %.
    package var batteryLimit: Double?

    /// A channel of a known kind; what is not given follows from the kind.
    package init(
        name: String,
        kind: ChannelKind,
        unit: String? = nil,
        limits: ExpectedLimits? = nil,
        hysteresis: Double? = nil,
        rateMax: Double? = nil,
        batteryLimit: Double? = nil
    ) {
        self.name = name
        self.kind = kind
        self.unit = unit ?? kind.unit
        self.limits = limits ?? kind.plausible
        self.hysteresis = hysteresis ?? ChannelModel.hysteresis(for: self.limits)
        self.rateMax = rateMax
        self.batteryLimit = batteryLimit
    }

    /// A channel of which only the name is known.
    package init(name: String) {
        self.init(name: name, kind: ChannelKind(channelName: name))
    }

    /// A hundredth of the range, when it has two ends.
    private static func hysteresis(for limits: ExpectedLimits) -> Double {
        let width = limits.high - limits.low
        return width.isFinite ? width / 100 : 0
    }
}
