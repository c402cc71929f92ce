/// A decimal floating point number of IEEE 754-2008, in the binary integer encoding that AMQP uses.
///
/// ```
/// sign 1 │ exponent 8, 10 or 14 │ coefficient                      unless the exponent would begin with 11:
/// sign 1 │ 11 │ exponent        │ coefficient without its first bits, 100
/// ```
/// Source: IEEE 754-2008 §3.5.2.
struct AMQPDecimal: CustomStringConvertible {
    private let isNegative: Bool
    /// Sign and exponent removed; `nil` for infinity and what is no number.
    private let number: (coefficient: UInt128, exponent: Int)?
    private let isInfinite: Bool

    init(_ bits: UInt32) {
        self.init(UInt128(bits), width: 32, exponentBits: 8, bias: 101, coefficientMax: 9_999_999)
    }

    init(_ bits: UInt64) {
        self.init(UInt128(bits), width: 64, exponentBits: 10, bias: 398, coefficientMax: 9_999_999_999_999_999)
    }

    init(_ bits: UInt128) {
        let half = UInt128(100_000_000_000_000_000)
        self.init(bits, width: 128, exponentBits: 14, bias: 6_176, coefficientMax: half * half - 1)
    }

    private init(_ bits: UInt128, width: Int, exponentBits: Int, bias: Int, coefficientMax: UInt128) {
        func field(_ first: Int, _ count: Int) -> UInt128 {
            (bits >> (width - first - count)) & ((UInt128(1) << count) - 1)
        }
        self.isNegative = field(0, 1) == 1
        self.isInfinite = field(1, 5) == 0b11110
        let isLarge = field(1, 2) == 0b11
        let start = isLarge ? 3 : 1
        let exponent = Int(field(start, exponentBits)) - bias
        let restBits = width - start - exponentBits
        let rest = field(start + exponentBits, restBits)
        let coefficient = isLarge ? (UInt128(0b100) << restBits) | rest : rest
        // A coefficient of too many digits is zero.
        self.number = field(1, 4) == 0b1111 ? nil : (coefficient > coefficientMax ? 0 : coefficient, exponent)
    }

    var description: String {
        let sign = self.isNegative ? "-" : ""
        guard let number else { return self.isInfinite ? "\(sign)inf" : "nan" }
        return number.exponent == 0 ? "\(sign)\(number.coefficient)" : "\(sign)\(number.coefficient)E\(number.exponent)"
    }
}
