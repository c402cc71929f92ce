package import NIOCore

/// The syntax of a topic name: what a message is published to. Spec: MQTT 3.1.1 §4.7.
package enum TopicName {
    /// The longest topic name or filter in bytes. [MQTT-4.7.3-3]
    package static let lengthMax = 65_535

    /// Whether bytes are a topic name: 1 to 65535 bytes of UTF-8 without U+0000, `+` and `#`.
    ///
    /// [MQTT-4.7.3-1] [MQTT-4.7.3-2] [MQTT-3.3.2-2]
    package static func isValid(_ topic: ByteBuffer) -> Bool {
        topic.withUnsafeReadableBytes { bytes in
            guard !bytes.isEmpty, bytes.count <= TopicName.lengthMax else { return false }
            var position = 0
            var isASCII = true
            while position + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                if TopicName.holds(byte: 0x2B, word) || TopicName.holds(byte: 0x23, word)
                    || TopicName.holds(byte: 0, word)
                {
                    return false
                }
                if word & 0x8080_8080_8080_8080 != 0 { isASCII = false }
                position += 8
            }
            while position < bytes.count {
                let byte = bytes[position]
                if byte == 0x2B || byte == 0x23 || byte == 0 { return false }
                if byte >= 0x80 { isASCII = false }
                position += 1
            }
            return isASCII || String(validating: bytes, as: UTF8.self) != nil
        }
    }

    /// Whether one of the word's eight bytes equals `byte`, by the zero-byte test of "Bit Twiddling Hacks".
    @inline(__always)
    private static func holds(byte: UInt64, _ word: UInt64) -> Bool {
        let differing = word ^ (byte &* 0x0101_0101_0101_0101)
        return (differing &- 0x0101_0101_0101_0101) & ~differing & 0x8080_8080_8080_8080 != 0
    }
}
