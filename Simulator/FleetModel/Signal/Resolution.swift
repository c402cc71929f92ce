/// The smallest step a sensor reports: 0.01 °C, 0.05 %RH.
package struct Resolution: Equatable, Sendable {
    /// One step in units of 10^-digits.
    private let step: Int64
    private let digits: Int

    /// Reads a positive decimal of at most nine digits after the point and at most 1000: `0.01`, `0.5`, `1`.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 1 || parts.count == 2, parts.allSatisfy({ !$0.isEmpty }),
            parts.joined().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            parts[0].utf8.count <= 4, parts.count == 1 || parts[1].utf8.count <= 9,
            let step = Int64(parts.joined())
        else { return nil }
        let digits = parts.count == 2 ? parts[1].utf8.count : 0
        guard step > 0, Double(step) <= 1_000 * DecimalValue.powersOfTen[digits] else { return nil }
        self.step = step
        self.digits = digits
    }

    private init(step: Int64, digits: Int) {
        self.step = step
        self.digits = digits
    }

    /// 0.01 of the channel's unit, what an SHT3x reports after conversion.
    package static let hundredth = Resolution(step: 1, digits: 2)

    /// The reported number nearest to `value`; values beyond ±1e9 are reported as ±1e9.
    package func quantize(_ value: Double) -> DecimalValue {
        let bounded = value.isNaN ? 0 : min(max(value, -1e9), 1e9)
        let scaled = bounded * DecimalValue.powersOfTen[self.digits] / Double(self.step)
        // At most 1e9 × 1e9 / 1 steps of 1 unit: below 2^63.
        return DecimalValue(units: Int64(scaled.rounded()) * self.step, digits: self.digits)
    }
}
