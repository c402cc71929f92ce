package import NIOCore

/// The syntax of a topic name: what a message is published to. Spec: MQTT 5.0 §4.7.
package enum TopicName {
    /// The longest topic name or filter in bytes. [MQTT-4.7.3-3]
    package static let lengthMax = 65_535

    /// Whether bytes are a topic name: 1 to 65535 bytes of UTF-8 without U+0000, `+` and `#`.
    ///
    /// [MQTT-4.7.3-1] [MQTT-4.7.3-2] [MQTT-3.3.2-2]
    package static func isValid(_ topic: ByteBuffer) -> Bool {
        TopicName.isValid(topic.readableBytesSpan)
    }

    static func isValid(_ topic: RawSpan) -> Bool {
        guard 1...TopicName.lengthMax ~= topic.byteCount else { return false }
        var highBits: UInt64 = 0
        if topic.byteCount >= 8 {
            // The last word overlaps the one before, so that no bytes are left over.
            let last = topic.byteCount - 8
            var position = 0
            while true {
                // Unchecked: position is never over `last`.
                let word = topic.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt64.self)
                if TopicName.holdsForbidden(word) { return false }
                highBits |= word
                if position == last { break }
                position = min(position + 8, last)
            }
        } else {
            for position in 0..<topic.byteCount {
                let byte = topic.byte(at: position)
                if byte == 0x2B || byte == 0x23 || byte == 0 { return false }
                highBits |= UInt64(byte)
            }
        }
        let isASCII = highBits & 0x8080_8080_8080_8080 == 0
        return isASCII || topic.withUnsafeBytes { String(validating: $0, as: UTF8.self) != nil }
    }

    /// Whether one of the word's eight bytes is `+`, `#` or 0.
    @inline(__always)
    private static func holdsForbidden(_ word: UInt64) -> Bool {
        TopicName.holds(byte: 0x2B, word) || TopicName.holds(byte: 0x23, word) || TopicName.holds(byte: 0, word)
    }

    /// Whether one of the word's eight bytes equals `byte`, by the zero-byte test of "Bit Twiddling Hacks".
    @inline(__always)
    private static func holds(byte: UInt64, _ word: UInt64) -> Bool {
        let differing = word ^ (byte &* 0x0101_0101_0101_0101)
        return (differing &- 0x0101_0101_0101_0101) & ~differing & 0x8080_8080_8080_8080 != 0
    }
}
