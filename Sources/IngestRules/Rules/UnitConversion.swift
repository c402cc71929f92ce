/// A linear conversion of a value: (x − zero) × numerator ÷ denominator + offset.
package struct UnitConversion: Equatable, Sendable {
    var zero: Double = 0
    var numerator: Double = 1
    var denominator: Double = 1
    var offset: Double = 0

    /// A conversion by factor and offset: x × factor + offset.
    package init(factor: Double, offset: Double) {
        self.numerator = factor
        self.offset = offset
    }

    private init(zero: Double = 0, numerator: Double = 1, denominator: Double = 1) {
        self.zero = zero
        self.numerator = numerator
        self.denominator = denominator
    }

    /// The units that can be converted from, to the ones device models are written in.
    package static let units: [String: UnitConversion] = [
        "fahrenheit": UnitConversion(zero: 32, numerator: 5, denominator: 9),  // °C
        "kelvin": UnitConversion(zero: 273.15),  // °C
        "pascal": UnitConversion(denominator: 100),  // hPa
        "kilopascal": UnitConversion(numerator: 10),  // hPa
        "mmHg": UnitConversion(numerator: 1_013.25, denominator: 760),  // hPa
        "inHg": UnitConversion(numerator: 33.8638866667),  // hPa
        "psi": UnitConversion(numerator: 68.9475729318),  // hPa
        "kmh": UnitConversion(denominator: 3.6),  // m/s
        "mph": UnitConversion(numerator: 0.44704),  // m/s
        "knots": UnitConversion(numerator: 1_852, denominator: 3_600),  // m/s
    ]

    /// The converted number as JSON text, rounded to two more decimals than the source has (no more than twelve): binary
    /// fractions do not show as digits that nobody measured.
    ///
    /// - Parameter text: a JSON number.
    /// - Returns: `nil` when it is too large for a `Double`.
    func converted(_ text: some Sequence<UInt8>) -> String? {
        let bytes = Array(text)
        guard let value = Double(String(decoding: bytes, as: UTF8.self)) else { return nil }
        let result = (value - self.zero) * self.numerator / self.denominator + self.offset
        guard result.isFinite else { return nil }
        let hasExponent = bytes.contains { $0 | 0x20 == UInt8(ascii: "e") }
        let point = bytes.firstIndex(of: UInt8(ascii: "."))
        let decimals = min((point.map { bytes.count - $0 - 1 } ?? 0) + 2, 12)
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        guard !hasExponent, abs(result) * scale < 9_007_199_254_740_992 else { return result.description }
        return ((result * scale).rounded() / scale).description
    }
}
