import TelemetryModel

/// Where a message says when it was measured, and how.
package struct TimeRule: Equatable, Sendable {
    /// How the instant is written.
    package enum Format: String, CaseIterable, Sendable {
        /// ISO 8601; without a zone it is UTC.
        case iso8601
        /// ISO 8601 without a zone, read in the rule's; one that has a zone keeps it.
        case local
        /// Unix time, with or without a fraction.
        case unixSeconds
        case unixMilliseconds
        case unixMicroseconds
        case unixNanoseconds
        /// ISO 8601 text; a number is Unix time in s, ms, µs or ns by its size (up to 10¹¹, 10¹⁴, 10¹⁷, above).
        case auto
    }

    /// Its path in the payload.
    package var path: [UInt8]
    package var format: Format
    /// Minutes east of UTC, for `local`.
    package var offsetMinutes: Int

    /// A rule.
    package init(path: String, format: Format, offsetMinutes: Int = 0) {
        self.path = Array(path.utf8)
        self.format = format
        self.offsetMinutes = offsetMinutes
    }

    /// The instant in a text; `nil` when it is none.
    func instant(_ text: ArraySlice<UInt8>) -> Timestamp? {
        switch self.format {
        case .iso8601: return Timestamp(iso8601: text)
        case .local:
            guard let instant = Timestamp(iso8601: text) else { return nil }
            return TimeRule.hasZone(text) ? instant : instant + .seconds(-60 * self.offsetMinutes)
        case .unixSeconds: return TimeRule.unix(text, perSecond: 1)
        case .unixMilliseconds: return TimeRule.unix(text, perSecond: 1_000)
        case .unixMicroseconds: return TimeRule.unix(text, perSecond: 1_000_000)
        case .unixNanoseconds: return TimeRule.unix(text, perSecond: 1_000_000_000)
        case .auto:
            guard NumberText.isNumber(text), let value = Double(String(decoding: text, as: UTF8.self)) else {
                return Timestamp(iso8601: text)
            }
            switch abs(value) {
            case ..<1e11: return TimeRule.unix(text, perSecond: 1)
            case ..<1e14: return TimeRule.unix(text, perSecond: 1_000)
            case ..<1e17: return TimeRule.unix(text, perSecond: 1_000_000)
            default: return TimeRule.unix(text, perSecond: 1_000_000_000)
            }
        }
    }

    /// The instant, if it can be true: not before 2000 and not more than a day after the message came.
    static func isPlausible(_ instant: Timestamp, arrivedAt arrival: Timestamp) -> Bool {
        instant.milliseconds >= IngestLimits.earliestMilliseconds && instant <= arrival + IngestLimits.futureMax
    }

    /// Unix time in units of which a second has `perSecond`, cut to milliseconds: whole numbers exactly, others as the nearest
    /// `Double`.
    private static func unix(_ text: ArraySlice<UInt8>, perSecond: Int64) -> Timestamp? {
        let digits = String(decoding: text, as: UTF8.self)
        if perSecond > 1, let whole = Int64(digits) { return Timestamp(milliseconds: whole / (perSecond / 1_000)) }
        if let seconds = Int64(digits) { return Timestamp(seconds: seconds) }
        guard NumberText.isNumber(text), let value = Double(digits) else { return nil }
        // Rounded to microseconds first: 1.001 s is 1000.9999… ms.
        let microseconds = (value * (1_000_000 / Double(perSecond))).rounded()
        guard abs(microseconds) < 9_007_199_254_740_992 else { return nil }
        return Timestamp(milliseconds: Int64(microseconds) / 1_000)
    }

    private static func hasZone(_ text: ArraySlice<UInt8>) -> Bool {
        text.dropFirst(10).contains { "Zz+-".utf8.contains($0) }
    }
}
