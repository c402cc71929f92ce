/// Numbers with exactly two decimals, rounded half away from zero from full precision.
package enum HundredthsText {
    /// Largest magnitude that is written; no sensor comes near it.
    package static let magnitudeMax = 1e12

    /// The text of a value such as `21.42` or `-0.05`; `nil` when the value is no number or beyond ±10¹².
    package static func text(of value: Double) -> String? {
        var bytes: [UInt8] = []
        return self.append(value, to: &bytes) ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// Appends the text of a value; `false`, and nothing appended, when it has none.
    package static func append(_ value: Double, to bytes: inout [UInt8]) -> Bool {
        guard value.magnitude <= self.magnitudeMax else { return false }
        // The product is rounded; its rounding error decides the cases that look like a half and are none.
        let product = value.magnitude * 100
        let error = (-product).addingProduct(value.magnitude, 100)
        var hundredths = product.rounded(.down)
        let rest = (product - hundredths) + error
        if rest >= 0.5 { hundredths += 1 }
        var whole = Int64(hundredths)
        if value < 0, whole != 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        // Digits from the last to the first, the point after two; at least "0.00".
        for place in 0... {
            if place == 2 { bytes.append(UInt8(ascii: ".")) }
            bytes.append(UInt8(0x30 + whole % 10))
            whole /= 10
            if place >= 2, whole == 0 { break }
        }
        bytes[start...].reverse()
        return true
    }
}
