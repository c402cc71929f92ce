import NIOCore

extension ByteBuffer {
    /// What a string of an answer may be long: its length is an int16.
    private static let stringBytesMax = Int(Int16.max)

    /// No answer asks a client to wait: pushing back is done by not reading.
    mutating func writeThrottle() {
        self.writeInteger(Int32(0))
    }

    mutating func writeError(_ error: KafkaError) {
        self.writeInteger(error.rawValue)
    }

    mutating func writeBoolean(_ value: Bool) {
        self.writeInteger(UInt8(value ? 1 : 0))
    }

    /// int16 length and UTF-8; what is over 32,767 bytes is cut between two characters.
    mutating func writeKafkaString(_ text: String) {
        let cut = text.prefix(utf8BytesMax: ByteBuffer.stringBytesMax)
        self.writeInteger(Int16(cut.utf8.count))
        self.writeSubstring(cut)
    }

    /// -1 for `nil`.
    mutating func writeKafkaString(_ text: String?) {
        guard let text else {
            self.writeInteger(Int16(-1))
            return
        }
        self.writeKafkaString(text)
    }

    /// int32 length and the bytes.
    mutating func writeKafkaBytes(_ bytes: ByteBuffer) {
        self.writeInteger(Int32(clamping: bytes.readableBytes))
        self.writeImmutableBuffer(bytes)
    }

    /// int32 count, then each.
    mutating func writeKafkaArray<Elements: Collection>(
        _ elements: Elements,
        _ write: (inout ByteBuffer, Elements.Element) -> Void
    ) {
        self.writeInteger(Int32(clamping: elements.count))
        for element in elements { write(&self, element) }
    }

    mutating func writeKafkaArray(_ numbers: [Int32]) {
        self.writeInteger(Int32(clamping: numbers.count))
        for number in numbers { self.writeInteger(number) }
    }
}
