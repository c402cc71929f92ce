import FleetModel
import Yams

/// Reads what a scenario changes of a channel.
enum ScenarioChannel {
    /// The channel of a kind with a scenario's numbers in place of its own.
    ///
    /// - Parameters:
    ///   - node: a mapping of the changed numbers; may be empty.
    ///   - base: the kind's channel.
    ///   - file: the file's path, for messages.
    /// - Returns: the channel.
    /// - Throws: for unknown keys and numbers out of range.
    static func model(_ node: Node, base: ChannelModel, file: String) throws(ScenarioError) -> ChannelModel {
        let section = try ScenarioSection(
            node,
            name: base.name,
            keys: [
                "mean", "amplitude", "peakHour", "spread", "wander", "noise", "resolution", "minimum", "maximum",
            ],
            file: file
        )
        let any = -1e6...1e6
        let size = 0.0...1e6
        var model = base
        model.mean = try section.number("mean", default: base.mean, in: any)
        model.cycle.amplitude = try section.number("amplitude", default: base.cycle.amplitude, in: size)
        model.cycle.peakHour = try section.number("peakHour", default: base.cycle.peakHour, in: 0...24)
        model.spread = try section.number("spread", default: base.spread, in: size)
        model.wander = try section.number("wander", default: base.wander, in: size)
        model.noise = try section.number("noise", default: base.noise, in: size)
        model.resolution = try section.value(
            "resolution",
            default: base.resolution,
            expected: "a positive decimal up to 1000, such as 0.01"
        ) { Resolution($0) }
        let minimum = try section.number("minimum", default: base.range.lowerBound, in: any)
        let maximum = try section.number("maximum", default: base.range.upperBound, in: any)
        guard minimum < maximum else {
            let key = section.node("maximum") == nil ? "minimum" : "maximum"
            throw section.fault(key, "leaves no range: minimum \(minimum) is not below maximum \(maximum)")
        }
        model.range = minimum...maximum
        return model
    }
}
