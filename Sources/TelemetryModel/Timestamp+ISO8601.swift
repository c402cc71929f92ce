extension Timestamp {
    /// Bytes of every instant written by ``iso8601``.
    package static let iso8601Length = 24

    /// The instant as `YYYY-MM-DDThh:mm:ss.mmmZ`, always 24 ASCII bytes; clamped to the years 0000 to 9999.
    package var iso8601: [UInt8] {
        let lowest: Int64 = -62_167_219_200_000  // 0000-01-01
        let highest: Int64 = 253_402_300_799_999  // 9999-12-31T23:59:59.999
        let clamped = min(max(self.milliseconds, lowest), highest)
        let day = clamped.flooredQuotient(by: 86_400_000)
        let inDay = clamped - day * 86_400_000
        let (year, month, dayOfMonth) = CivilDate.from(daysSince1970: day)
        var out = [UInt8]()
        out.reserveCapacity(Timestamp.iso8601Length)
        func digits(_ value: Int64, _ count: Int) {
            var divisor: Int64 = 1
            for _ in 1..<count { divisor *= 10 }
            while divisor > 0 {
                out.append(UInt8(0x30 + value / divisor % 10))
                divisor /= 10
            }
        }
        digits(year, 4)
        out.append(UInt8(ascii: "-"))
        digits(month, 2)
        out.append(UInt8(ascii: "-"))
        digits(dayOfMonth, 2)
        out.append(UInt8(ascii: "T"))
        digits(inDay / 3_600_000, 2)
        out.append(UInt8(ascii: ":"))
        digits(inDay / 60_000 % 60, 2)
        out.append(UInt8(ascii: ":"))
        digits(inDay / 1_000 % 60, 2)
        out.append(UInt8(ascii: "."))
        digits(inDay % 1_000, 3)
        out.append(UInt8(ascii: "Z"))
        return out
    }

    /// Reads an ISO 8601 instant: `2026-11-21T04:33:00.123Z`.
    ///
    /// Accepts a space for `T`, no seconds, a fraction of any length (cut to milliseconds), `Z`, `±hh:mm`, `±hhmm`,
    /// `±hh` or no zone at all (read as UTC), and a date alone. Leap second 60 is read as the next minute's second 0.
    ///
    /// - Parameter text: ASCII bytes; anything else gives `nil`.
    package init?(iso8601 text: some Collection<UInt8>) {
        var scan = Scanner(text)
        guard let year = scan.digits(4), scan.take("-"), let month = scan.digits(2), scan.take("-"),
            let day = scan.digits(2), (1...12).contains(month),
            day >= 1, day <= CivilDate.daysIn(month: month, year: year)
        else { return nil }
        var milliseconds = CivilDate.daysSince1970(year: year, month: month, day: day) * 86_400_000
        if scan.take("T") || scan.take("t") || scan.take(" ") {
            guard let hour = scan.digits(2), scan.take(":"), let minute = scan.digits(2), hour < 24, minute < 60 else {
                return nil
            }
            milliseconds += hour * 3_600_000 + minute * 60_000
            if scan.take(":") {
                guard let second = scan.digits(2), second <= 60 else { return nil }
                milliseconds += second * 1_000
                if scan.take(".") || scan.take(",") {
                    guard let fraction = scan.fraction() else { return nil }
                    milliseconds += fraction
                }
            }
            guard let offset = scan.zone() else { return nil }
            milliseconds -= offset
        }
        guard scan.isAtEnd else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// Reads an ISO 8601 instant from text; see ``init(iso8601:)-(Collection<UInt8>)``.
    package init?(iso8601 text: String) {
        self.init(iso8601: text.utf8)
    }
}

/// A cursor over the ASCII bytes of an instant.
private struct Scanner<Text: Collection<UInt8>> {
    private let text: Text
    private var index: Text.Index

    init(_ text: Text) {
        self.text = text
        self.index = text.startIndex
    }

    var isAtEnd: Bool { self.index == self.text.endIndex }

    private var current: UInt8? { self.isAtEnd ? nil : self.text[self.index] }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard self.current == UInt8(ascii: character) else { return false }
        self.index = self.text.index(after: self.index)
        return true
    }

    private mutating func digit() -> Int64? {
        guard let byte = self.current, (0x30...0x39).contains(byte) else { return nil }
        self.index = self.text.index(after: self.index)
        return Int64(byte - 0x30)
    }

    mutating func digits(_ count: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<count {
            guard let digit = self.digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Digits after the point, as milliseconds; digits past the third are read and dropped.
    mutating func fraction() -> Int64? {
        guard let first = self.digit() else { return nil }
        var value = first * 100
        var weight: Int64 = 10
        while let digit = self.digit() {
            value += digit * weight
            weight /= 10
        }
        return value
    }

    /// The zone's distance from UTC in milliseconds; no zone is UTC.
    mutating func zone() -> Int64? {
        if self.isAtEnd || self.take("Z") || self.take("z") { return 0 }
        let sign: Int64
        if self.take("+") {
            sign = 1
        } else if self.take("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = self.digits(2), hours < 24 else { return nil }
        if self.isAtEnd { return sign * hours * 3_600_000 }
        _ = self.take(":")
        guard let minutes = self.digits(2), minutes < 60 else { return nil }
        return sign * (hours * 3_600_000 + minutes * 60_000)
    }
}
