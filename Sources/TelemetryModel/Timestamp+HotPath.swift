extension Timestamp {
    /// Reads an ISO 8601 instant on the streams' hot path: the form ``iso8601`` writes in a few nanoseconds, every other form as
    /// ``init(iso8601:)-(Collection<UInt8>)`` does.
    package init?(iso8601Bytes text: UnsafeBufferPointer<UInt8>) {
        guard text.count == Timestamp.iso8601Length, let base = text.baseAddress,
            let fixed = Timestamp(fixedForm: base)
        else {
            self.init(iso8601: text)
            return
        }
        self = fixed
    }

    /// `YYYY-MM-DDThh:mm:ss.mmmZ` of an existing day and no leap second; `nil` for anything else.
    private init?(fixedForm text: UnsafePointer<UInt8>) {
        var invalid: UInt8 = 0
        @inline(__always)
        func digits(_ range: Range<Int>) -> Int64 {
            var value: Int64 = 0
            for index in range {
                let digit = text[index] &- 0x30
                invalid |= digit > 9 ? 1 : 0
                value = value &* 10 &+ Int64(digit)
            }
            return value
        }
        @inline(__always)
        func expect(_ character: UInt8, at index: Int) {
            invalid |= text[index] ^ character
        }
        let (year, month, day) = (digits(0..<4), digits(5..<7), digits(8..<10))
        let (hour, minute, second) = (digits(11..<13), digits(14..<16), digits(17..<19))
        let millisecond = digits(20..<23)
        expect(UInt8(ascii: "-"), at: 4)
        expect(UInt8(ascii: "-"), at: 7)
        expect(UInt8(ascii: "T"), at: 10)
        expect(UInt8(ascii: ":"), at: 13)
        expect(UInt8(ascii: ":"), at: 16)
        expect(UInt8(ascii: "."), at: 19)
        expect(UInt8(ascii: "Z"), at: 23)
        guard invalid == 0, (1...12).contains(month), day >= 1, hour < 24, minute < 60, second < 60,
            day <= CivilDate.daysIn(month: month, year: year)
        else { return nil }
        let days = CivilDate.daysSince1970(year: year, month: month, day: day)
        self.init(milliseconds: ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1_000 + millisecond)
    }
}
