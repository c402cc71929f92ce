import NIOCore

extension ByteBuffer {
    /// Bytes from hex digits; anything that is no hex digit is passed over.
    init(hex: String) {
        let digits = hex.compactMap(\.hexDigitValue)
        precondition(digits.count.isMultiple(of: 2), "hex has two digits a byte: \(hex)")
        self.init()
        for index in stride(from: 0, to: digits.count, by: 2) {
            self.writeInteger(UInt8(digits[index] << 4 | digits[index + 1]))
        }
    }

    /// The readable bytes as hex digits.
    var hex: String {
        self.readableBytesView.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
