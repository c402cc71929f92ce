/// Cuts a stream of bytes into lines that end with LF or CR LF.
///
/// What comes before the first line end is the rest of a line whose begin nobody saw, or a board's boot noise, and is
/// dropped. So is a line that is too long, up to its end. Memory is bounded by ``lengthMax``.
package struct LineAssembler: Sendable {
    /// Longest line, bytes without its end.
    package static let lengthMax = 512

    private var line: [UInt8] = []
    private var isSkipping: Bool

    /// - Parameter startsWithin: the stream may begin in the middle of a line.
    package init(startsWithin: Bool) {
        self.isSkipping = startsWithin
    }

    /// Takes bytes and hands over each line that they end; empty ones are left out.
    package mutating func append(_ bytes: some Sequence<UInt8>, _ take: (ArraySlice<UInt8>) -> Void) {
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                if self.isSkipping { continue }
                // One more, for the CR of an end.
                if self.line.count <= Self.lengthMax {
                    self.line.append(byte)
                } else {
                    self.isSkipping = true
                    self.line.removeAll(keepingCapacity: true)
                }
                continue
            }
            if !self.isSkipping {
                let text = self.line.last == UInt8(ascii: "\r") ? self.line.dropLast() : self.line[...]
                if !text.isEmpty, text.count <= Self.lengthMax { take(text) }
            }
            self.isSkipping = false
            self.line.removeAll(keepingCapacity: true)
        }
    }
}
