/// A reading's number as a whole count of decimal steps, as a sensor reports it: 2142 with two digits is `21.42`.
package struct DecimalValue: Equatable, Sendable {
    /// The number times 10^digits.
    package var units: Int64
    /// Digits after the point, 0 to 9.
    package var digits: Int

    /// A number from its digits.
    package init(units: Int64, digits: Int) {
        self.units = units
        self.digits = digits
    }

    /// The nearest `Double`.
    package var value: Double { Double(self.units) / DecimalValue.powersOfTen[self.digits] }

    /// JSON number text with all its digits: `21.40`, `-0.05`, `7`.
    package var text: [UInt8] {
        var out = [UInt8]()
        var rest = self.units.magnitude
        var written = 0
        repeat {
            if written == self.digits, written > 0 { out.append(UInt8(ascii: ".")) }
            out.append(UInt8(0x30 + rest % 10))
            rest /= 10
            written += 1
        } while rest > 0 || written <= self.digits
        if self.units < 0 { out.append(UInt8(ascii: "-")) }
        out.reverse()
        return out
    }

    static let powersOfTen: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
}
