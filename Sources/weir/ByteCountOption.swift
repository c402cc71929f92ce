import ArgumentParser

/// A number of bytes as people write it: `1048576`, `512KiB`, `10 GiB`, `1.5GB`.
///
/// KiB, MiB, GiB and TiB are powers of 1,024; kB, MB, GB and TB of 1,000.
struct ByteCountOption: Equatable, ExpressibleByArgument {
    /// Bytes, from 0.
    var bytes: Int64

    private static let units: [(name: String, bytes: Int64)] = [
        ("", 1), ("b", 1), ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("tib", 1 << 40), ("kb", 1_000),
        ("mb", 1_000_000), ("gb", 1_000_000_000), ("tb", 1_000_000_000_000), ("k", 1 << 10), ("m", 1 << 20),
        ("g", 1 << 30), ("t", 1 << 40),
    ]

    init(bytes: Int64) {
        self.bytes = bytes
    }

    init?(argument: String) {
        guard let bytes = Quantity(argument)?.value(in: ByteCountOption.units) else { return nil }
        self.bytes = bytes
    }
}

/// A number and a unit behind it, not yet put together.
struct Quantity {
    /// The number's digits, as an integer.
    private let digits: Int64
    /// By which power of ten they are too large.
    private let decimals: Int
    private let unit: String

    /// Reads digits, perhaps with a point and up to six decimals, and letters behind them.
    init?(_ text: String) {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard parts.count == 1 || (1...6).contains(fraction.count), let digits = Int64(whole + fraction) else {
            return nil
        }
        self.digits = digits
        self.decimals = fraction.count
        self.unit = text.dropFirst(number.count).drop { $0 == " " }.lowercased()
    }

    /// The whole number of the smallest unit; `nil` for a unit that is not one of them, and for more than 64 bits.
    func value(in units: [(name: String, bytes: Int64)]) -> Int64? {
        guard let unit = units.first(where: { $0.name == self.unit }) else { return nil }
        let (product, overflow) = self.digits.multipliedReportingOverflow(by: unit.bytes)
        guard !overflow else { return nil }
        let divisor = (0..<self.decimals).reduce(Int64(1)) { value, _ in value * 10 }
        return product / divisor
    }
}
