import TelemetryModel

/// Times of measurements as files have them.
enum ReadingTime {
    /// Columns looked for when none is named, whatever their case.
    static let columns = ["ts", "time", "timestamp", "datetime", "date_time", "date"]

    /// Reads ISO 8601 (a space for T and no zone are fine, which means UTC), or a Unix time in seconds,
    /// milliseconds, microseconds or nanoseconds, told apart by their size: seconds up to the year 5138.
    static func parse(_ text: String) -> Timestamp? {
        let trimmed = String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        if let time = Timestamp(iso8601: trimmed) { return time }
        guard trimmed.utf8.allSatisfy(self.isOfNumber), let number = Double(trimmed), number.isFinite else {
            return nil
        }
        let milliseconds =
            switch number.magnitude {
            case ..<1e11: number * 1_000
            case ..<1e14: number
            case ..<1e17: number / 1_000
            case ..<1e19: number / 1_000_000
            default: Double.infinity
            }
        guard milliseconds.isFinite else { return nil }
        return Timestamp(milliseconds: Int64(milliseconds.rounded()))
    }

    /// Digits, sign, point, exponent: no words and no hexadecimal numbers.
    private static func isOfNumber(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte)
    }
}
