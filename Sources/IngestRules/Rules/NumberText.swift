import TelemetryJSON

/// Numbers as devices write them.
enum NumberText {
    /// Whether the whole text is one JSON number (RFC 8259 §6).
    static func isNumber(_ text: some BidirectionalCollection<UInt8>) -> Bool {
        guard let first = text.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else { return false }
        return JSONValidator.isValid(text) && text.last.map { (0x30...0x39).contains($0) } == true
    }

    /// The text without white space around it, and without a leading `+`, which JSON does not know.
    static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text.drop { NumberText.isSpace($0) }
        while let last = text.last, NumberText.isSpace(last) { text.removeLast() }
        if text.first == UInt8(ascii: "+") { text.removeFirst() }
        return text
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte) || byte == 0
    }
}
