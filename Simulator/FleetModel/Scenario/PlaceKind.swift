/// What a device hangs in. Each kind knows its channels; a scenario may change their numbers.
package enum PlaceKind: String, CaseIterable, Sendable {
    /// An office room, heated by day.
    case room
    /// A cold store at 4 °C.
    case coldStore
    /// A greenhouse: hot by noon, damp by night.
    case greenhouse

    /// The channels of the kind: temperature in °C, humidity in %RH.
    package var channels: [ChannelModel] {
        let temperatureRange = -40.0...125.0  // SHT3x datasheet, section 1
        let humidityRange = 0.0...100.0
        switch self {
        case .room:
            return [
                ChannelModel(
                    name: "temperature",
                    mean: 21.5,
                    cycle: DailyCycle(amplitude: 1.5, peakHour: 15),
                    spread: 0.4,
                    wander: 0.15,
                    noise: 0.03,
                    range: temperatureRange
                ),
                ChannelModel(
                    name: "humidity",
                    mean: 42,
                    cycle: DailyCycle(amplitude: 4, peakHour: 6),
                    spread: 1.5,
                    wander: 0.8,
                    noise: 0.1,
                    range: humidityRange
                ),
            ]
        case .coldStore:
            return [
                ChannelModel(
                    name: "temperature",
                    mean: 4,
                    cycle: DailyCycle(amplitude: 0.3, peakHour: 16),
                    spread: 0.3,
                    wander: 0.25,
                    noise: 0.03,
                    range: temperatureRange
                ),
                ChannelModel(
                    name: "humidity",
                    mean: 82,
                    cycle: DailyCycle(amplitude: 2, peakHour: 5),
                    spread: 2,
                    wander: 1.5,
                    noise: 0.15,
                    range: humidityRange
                ),
            ]
        case .greenhouse:
            return [
                ChannelModel(
                    name: "temperature",
                    mean: 24,
                    cycle: DailyCycle(amplitude: 6, peakHour: 14),
                    spread: 0.6,
                    wander: 0.3,
                    noise: 0.04,
                    range: temperatureRange
                ),
                ChannelModel(
                    name: "humidity",
                    mean: 68,
                    cycle: DailyCycle(amplitude: 14, peakHour: 5),
                    spread: 2,
                    wander: 1.2,
                    noise: 0.15,
                    range: humidityRange
                ),
            ]
        }
    }
}
