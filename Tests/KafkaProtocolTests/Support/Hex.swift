import NIOCore

/// The bytes of hexadecimal digits; whatever else is between them is left out.
func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap { $0.hexDigitValue }
    precondition(digits.count % 2 == 0, "half a byte in \(text)")
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}

extension ByteBuffer {
    /// A buffer of hexadecimal digits.
    init(hex text: String) {
        self.init(bytes: hex(text))
    }

    /// All readable bytes.
    var bytes: [UInt8] { Array(self.readableBytesView) }

    /// Whether these bytes lie where those of `whole` do: a slice, not a copy.
    func isPart(of whole: ByteBuffer) -> Bool {
        whole.withUnsafeReadableBytes { whole in
            self.withUnsafeReadableBytes { part in
                guard let start = whole.baseAddress, let place = part.baseAddress, !part.isEmpty else { return false }
                return place >= start && place + part.count <= start + whole.count
            }
        }
    }
}
