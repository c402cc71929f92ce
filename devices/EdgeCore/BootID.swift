/// The kernel's random name of one boot: the 16 bytes of `/proc/sys/kernel/random/boot_id`.
package struct BootID: Hashable, Sendable {
    /// Bytes 0 to 7 and 8 to 15, the first of them the most significant.
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads `8c7f6ce2-6cd0-4f0c-9a38-0d6fd0a9f3a5`, with or without a line end; `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        var digits = 0
        var words: (UInt64, UInt64) = (0, 0)
        for byte in text.utf8 where byte != UInt8(ascii: "-") && byte != UInt8(ascii: "\n") {
            guard digits < 32, let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
            if digits < 16 { words.0 = words.0 << 4 | UInt64(digit) } else { words.1 = words.1 << 4 | UInt64(digit) }
            digits += 1
        }
        guard digits == 32 else { return nil }
        self.init(high: words.0, low: words.1)
    }
}
