/// What a channel measures, as far as its health depends on it.
package enum ChannelKind: Int, CaseIterable, Sendable {
    /// °C.
    case temperature
    /// %RH.
    case humidity
    /// hPa.
    case pressure
    /// ppm.
    case carbonDioxide
    /// Light, lx.
    case illuminance
    /// A battery's voltage, V.
    case batteryVoltage
    /// A battery's charge, %.
    case batteryCharge
    /// Anything else.
    case other

    /// The kind that a channel's name tells: what a device without a model is judged by.
    ///
    /// - Parameter name: As the device writes it; case, `_` and `-` do not matter.
    package init(channelName name: String) {
        let letters = name.lowercased().filter { $0 != "_" && $0 != "-" }
        self =
            switch letters {
            case "temperature", "temp", "airtemperature", "t": .temperature
            case "humidity", "relativehumidity", "rh", "hum": .humidity
            case "pressure", "airpressure": .pressure
            case "co2", "carbondioxide": .carbonDioxide
            case "illuminance", "light", "lux", "brightness": .illuminance
            case "batteryvoltage", "voltage", "vbat", "vbatt": .batteryVoltage
            case "battery", "batterylevel", "batterypercent", "batterycharge", "soc": .batteryCharge
            default: .other
            }
    }

    /// The unit; empty when it is not known.
    package var unit: String {
        switch self {
        case .temperature: "°C"
        case .humidity: "%RH"
        case .pressure: "hPa"
        case .carbonDioxide: "ppm"
        case .illuminance: "lx"
        case .batteryVoltage: "V"
        case .batteryCharge: "%"
        case .other: ""
        }
    }

    /// What can be true of any sensor of this kind, in its unit: wider than one chip's range.
    ///
    /// The ranges of the agent's `Quantity.plausibleRange`; humidity with 3 % to each side, which the chips' formulas give in wet and
    /// in dry air (sensors contract section 1, rule 10).
    package var plausible: ExpectedLimits {
        switch self {
        case .temperature: ExpectedLimits(low: -55, high: 150)
        case .humidity: ExpectedLimits(low: -3, high: 103)
        case .pressure: ExpectedLimits(low: 300, high: 1_100)
        case .carbonDioxide: ExpectedLimits(low: 1, high: 40_000)
        case .illuminance: ExpectedLimits(low: 0, high: 200_000)
        case .batteryCharge: ExpectedLimits(low: 0, high: 100)
        case .batteryVoltage, .other: ExpectedLimits()
        }
    }

    /// The smallest change worth an alert, in the unit: about five times what good sensors of one room differ by. 0: any.
    package var significance: Double {
        switch self {
        case .temperature: 2
        case .humidity: 5
        case .pressure: 2
        case .carbonDioxide: 200
        case .illuminance: 100
        case .batteryVoltage: 0.05
        case .batteryCharge: 5
        case .other: 0
        }
    }

    /// Whether it changes in its own time, so that sudden changes, bursts and long rests are faults: a lamp is switched.
    package var isSteady: Bool { self != .illuminance }

    /// Whether the channel is a battery, which is judged by ``BatteryDetector`` and not by what it used to do.
    package var isBattery: Bool { self == .batteryVoltage || self == .batteryCharge }
}
