/// A time as scenarios write it: a whole number and a unit, `250ms`, `8s`, `10m`, `2h`.
enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000),
    ]

    /// Reads a time of at most 1000 hours; `nil` for anything else.
    static func parse(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text[digits.endIndex...].drop { $0 == " " }
        guard digits.utf8.count <= 10, let number = Int64(digits),
            let scale = DurationText.units.first(where: { $0.name == unit })?.milliseconds,
            number * scale <= 3_600_000_000
        else { return nil }
        return .milliseconds(number * scale)
    }

    /// The time in its largest whole unit.
    static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        let unit = DurationText.units.last { milliseconds.isMultiple(of: $0.milliseconds) } ?? ("ms", 1)
        return milliseconds == 0 ? "0s" : "\(milliseconds / unit.milliseconds)\(unit.name)"
    }
}
