/// Numbers as people read them: with as many decimals as matter, and no exponent unless they are huge.
package enum DecimalText {
    /// Decimals that tell apart a tenth of a width: 1 for 3.3, 2 for 0.5, 0 for 33 and more.
    package static func decimals(forWidth width: Double) -> Int {
        guard width > 0, width.isFinite else { return 2 }
        var decimals = 0
        var step = width / 10
        while step < 1, decimals < 12 {
            step *= 10
            decimals += 1
        }
        return decimals
    }

    /// The value rounded to so many decimals, zeros included: `24.90`.
    package static func text(_ value: Double, decimals: Int) -> String {
        var power: Int64 = 1
        for _ in 0..<decimals { power *= 10 }
        let scaled = (value * Double(power)).rounded()
        // Above 2⁵³ the last digits mean nothing any more.
        guard abs(scaled) < 9_007_199_254_740_992 else { return "\(value)" }
        let magnitude = Int64(scaled.magnitude)
        let sign = scaled < 0 ? "-" : ""
        guard decimals > 0 else { return "\(sign)\(magnitude)" }
        let fraction = String(magnitude % power)
        return "\(sign)\(magnitude / power).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
    }
}
