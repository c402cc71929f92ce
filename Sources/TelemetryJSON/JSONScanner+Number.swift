extension JSONScanner {
    /// Reads over a number (RFC 8259 §6); the cursor stands on its first byte.
    mutating func skipNumber() throws(JSONError) {
        _ = try self.readDecimal()
    }

    /// Reads a number as the nearest `Double`; `nil` when it is too large for one.
    ///
    /// Exact: up to 2⁵³ with a power of ten up to 10²² one multiplication or division rounds correctly (Clinger 1990);
    /// everything else goes through the standard library's correctly rounding conversion.
    mutating func readNumber() throws(JSONError) -> Double? {
        let start = self.position
        let decimal = try self.readDecimal()
        return self.double(of: decimal, start: start)
    }

    /// Reads a number for a tree: an integer when it is written as one and fits.
    mutating func readNumberValue(wideIntegers: JSONValue.WideIntegers) throws(JSONError) -> JSONValue {
        let start = self.position
        let decimal = try self.readDecimal()
        if decimal.isInteger {
            if decimal.isExact {
                let magnitude = Int64(decimal.mantissa)
                return .integer(decimal.isNegative ? -magnitude : magnitude)
            }
            if let integer = Int64(self.text(from: start)) { return .integer(integer) }
            if wideIntegers == .refused { throw JSONError(.numberTooLarge, at: start) }
        }
        guard let value = self.double(of: decimal, start: start) else { throw JSONError(.numberTooLarge, at: start) }
        return .number(value)
    }

    private func text(from start: Int) -> String {
        String(decoding: UnsafeBufferPointer(start: self.base + start, count: self.position - start), as: UTF8.self)
    }

    /// The number that was just read from `start`; `nil` when it is too large for a `Double`.
    @inline(__always)
    private func double(of decimal: Decimal, start: Int) -> Double? {
        if decimal.isExact, decimal.mantissa <= 1 << 53, (-22...22).contains(decimal.exponent) {
            let magnitude =
                if decimal.exponent < 0 {
                    Double(decimal.mantissa) / JSONScanner.powersOfTen[-decimal.exponent]
                } else {
                    Double(decimal.mantissa) * JSONScanner.powersOfTen[decimal.exponent]
                }
            return decimal.isNegative ? -magnitude : magnitude
        }
        guard let value = Double(self.text(from: start)), value.isFinite else { return nil }
        return value
    }

    /// A number's digits: ± mantissa × 10^exponent.
    private struct Decimal {
        var isNegative = false
        var mantissa: UInt64 = 0
        var exponent = 0
        /// Whether mantissa and exponent hold every digit.
        var isExact = true
        /// Whether it is written without point and exponent.
        var isInteger = true

        @inline(__always)
        mutating func append(_ digit: UInt8) {
            if self.mantissa < 922_337_203_685_477_580 {  // 10 × this + 9 fits
                self.mantissa = self.mantissa &* 10 &+ UInt64(digit)
            } else {
                self.isExact = false
            }
        }
    }

    @inline(__always)
    private mutating func readDecimal() throws(JSONError) -> Decimal {
        let start = self.position
        var decimal = Decimal()
        if self.base[self.position] == UInt8(ascii: "-") {
            decimal.isNegative = true
            self.position += 1
        }
        let integer = self.position
        while let digit = self.digit() { decimal.append(digit) }
        let integerDigits = self.position - integer
        guard integerDigits > 0 else { throw self.numberFault(start: start) }
        if integerDigits > 1, self.base[integer] == 0x30 { throw JSONError(.invalidNumber, at: start) }
        if self.position < self.count, self.base[self.position] == UInt8(ascii: ".") {
            self.position += 1
            decimal.isInteger = false
            let fraction = self.position
            while let digit = self.digit() { decimal.append(digit) }
            guard self.position > fraction else { throw self.numberFault(start: start) }
            decimal.exponent = fraction - self.position
        }
        if self.position < self.count, self.base[self.position] | 0x20 == UInt8(ascii: "e") {
            self.position += 1
            decimal.isInteger = false
            try self.readExponent(into: &decimal, start: start)
        }
        return decimal
    }

    private mutating func readExponent(into decimal: inout Decimal, start: Int) throws(JSONError) {
        var isNegative = false
        if self.position < self.count {
            let sign = self.base[self.position]
            if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                isNegative = sign == UInt8(ascii: "-")
                self.position += 1
            }
        }
        let first = self.position
        var exponent = 0
        while let digit = self.digit() {
            if exponent < 100_000 { exponent = exponent * 10 + Int(digit) }
        }
        guard self.position > first else { throw self.numberFault(start: start) }
        decimal.exponent += isNegative ? -exponent : exponent
    }

    /// Takes one digit.
    @inline(__always)
    private mutating func digit() -> UInt8? {
        guard self.position < self.count else { return nil }
        let value = self.base[self.position] &- 0x30
        guard value <= 9 else { return nil }
        self.position += 1
        return value
    }

    private func numberFault(start: Int) -> JSONError {
        self.position < self.count ? JSONError(.invalidNumber, at: start) : JSONError(.unexpectedEnd, at: self.count)
    }

    /// 10⁰ … 10²², all exact in a `Double`.
    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
