/// A quantity that Home Assistant knows, with the unit that a name states.
struct MeasuredQuantity: Equatable, Sendable {
    /// `device_class`.
    var deviceClass: String
    /// `unit_of_measurement`.
    var unit: String

    /// A kind of quantity: which words name it, and which words behind them name its unit.
    private struct Kind {
        var deviceClass: String
        /// When the name has no unit; `nil`: then nothing is known, for there is no usual one.
        var unit: String?
        var words: Set<String>
        var units: [String: String] = [:]
        /// Whether another quantity in the same name goes before it: `batteryVoltage` is a voltage.
        var yields = false
    }

    private static let kinds: [Kind] = [
        Kind(
            deviceClass: "temperature",
            unit: "°C",
            words: ["temperature", "temp", "dewpoint", "dew point"],
            units: ["c": "°C", "celsius": "°C", "f": "°F", "fahrenheit": "°F", "k": "K", "kelvin": "K"]
        ),
        Kind(deviceClass: "humidity", unit: "%", words: ["humidity", "hum", "rh"], units: percent),
        Kind(deviceClass: "moisture", unit: "%", words: ["moisture"], units: percent),
        Kind(
            deviceClass: "pressure",
            unit: "hPa",
            words: ["pressure"],
            units: ["pa": "Pa", "hpa": "hPa", "kpa": "kPa", "bar": "bar", "mbar": "mbar", "psi": "psi"]
        ),
        Kind(
            deviceClass: "carbon_dioxide",
            unit: "ppm",
            words: ["co2", "carbon dioxide"],
            units: ["ppm": "ppm"]
        ),
        Kind(deviceClass: "voltage", unit: "V", words: ["voltage", "vbat", "vbatt"], units: ["v": "V", "mv": "mV"]),
        Kind(deviceClass: "battery", unit: "%", words: ["battery", "soc"], units: percent, yields: true),
        Kind(
            deviceClass: "voltage",
            words: ["battery"],
            units: ["v": "V", "mv": "mV", "volts": "V", "millivolts": "mV"],
            yields: true
        ),
        Kind(deviceClass: "power", unit: "W", words: ["power"], units: ["w": "W", "kw": "kW", "watts": "W"]),
        Kind(deviceClass: "energy", words: ["energy"], units: ["wh": "Wh", "kwh": "kWh"]),
        Kind(
            deviceClass: "illuminance",
            unit: "lx",
            words: ["illuminance", "lux"],
            units: ["lx": "lx", "lux": "lx"]
        ),
        Kind(deviceClass: "signal_strength", unit: "dBm", words: ["rssi"], units: ["dbm": "dBm"]),
        Kind(deviceClass: "pm1", unit: "µg/m³", words: ["pm1"]),
        Kind(deviceClass: "pm25", unit: "µg/m³", words: ["pm25"]),
        Kind(deviceClass: "pm10", unit: "µg/m³", words: ["pm10"]),
        Kind(deviceClass: "frequency", unit: "Hz", words: ["frequency"], units: ["hz": "Hz", "khz": "kHz"]),
        Kind(
            deviceClass: "current",
            unit: "A",
            words: ["current"],
            units: ["a": "A", "ma": "mA", "amps": "A"],
            yields: true
        ),
    ]

    private static let percent = ["percent": "%", "pct": "%", "level": "%"]

    /// Words that are a quantity by themselves, whatever stands before them: `uptimeSeconds`, `diskFreeBytes`.
    private static let units: [String: MeasuredQuantity] = [
        "seconds": MeasuredQuantity(deviceClass: "duration", unit: "s"),
        "bytes": MeasuredQuantity(deviceClass: "data_size", unit: "B"),
    ]

    /// Whether a word is a quantity by itself and says its unit only.
    static func isUnit(_ word: String) -> Bool { self.units[word] != nil }

    /// The quantity in a name's words; `nil` when they name none, or one whose unit nobody can know.
    static func find(in words: [String]) -> MeasuredQuantity? {
        if let last = words.last, let unit = self.units[last] { return unit }
        return self.find(in: words, yielding: false) ?? self.find(in: words, yielding: true)
    }

    /// The last word that names a quantity, a trailing number set aside: `temp2` is `temp`.
    private static func find(in words: [String], yielding: Bool) -> MeasuredQuantity? {
        for index in words.indices.reversed() {
            let word = words[index]
            let base = String(word.reversed().drop(while: \.isNumber).reversed())
            let pair = index > 0 ? "\(words[index - 1]) \(word)" : word
            for kind in self.kinds where kind.yields == yielding {
                guard [word, base, pair].contains(where: kind.words.contains) else { continue }
                let stated = words[(index + 1)...].lazy.compactMap { kind.units[$0] }.first
                guard let unit = stated ?? (self.hasForeignUnit(kind, behind: index, words) ? nil : kind.unit) else {
                    continue
                }
                return MeasuredQuantity(deviceClass: kind.deviceClass, unit: unit)
            }
        }
        return nil
    }

    /// Whether the name ends in a unit that another kind of the same word has: `battery_mv` is no percentage.
    private static func hasForeignUnit(_ kind: Kind, behind index: Int, _ words: [String]) -> Bool {
        words[(index + 1)...].contains { word in
            self.kinds.contains { !$0.words.isDisjoint(with: kind.words) && $0.units[word] != nil }
        }
    }
}
