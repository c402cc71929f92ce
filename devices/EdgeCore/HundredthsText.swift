/// Numbers with exactly two decimals, rounded half away from zero from full precision.
package enum HundredthsText {
    /// Largest magnitude that is written; no sensor comes near it.
    package static let magnitudeMax = 1e12

    /// The text of a value such as `21.42` or `-0.05`; `nil` when the value is no number or beyond ±10¹².
    package static func text(of value: Double) -> String? {
        guard value.magnitude <= self.magnitudeMax else { return nil }
        // The product is rounded; its rounding error decides the cases that look like a half and are none.
        let product = value.magnitude * 100
        let error = (-product).addingProduct(value.magnitude, 100)
        var hundredths = product.rounded(.down)
        let rest = (product - hundredths) + error
        if rest >= 0.5 { hundredths += 1 }
        let whole = Int64(hundredths)
        let sign = value < 0 && whole != 0 ? "-" : ""
        let decimals = whole % 100
        return "\(sign)\(whole / 100).\(decimals < 10 ? "0" : "")\(decimals)"
    }
}
