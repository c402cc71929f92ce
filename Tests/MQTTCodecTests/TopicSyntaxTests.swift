import MQTTCodec
import NIOCore
import Testing

@Suite("Topic names and filters, MQTT 5.0 §4.7")
struct TopicSyntaxTests {
    @Test(
        "a topic name has 1 to 65535 bytes of UTF-8 and no wildcard, wherever it would stand",
        arguments: [
            ("", false), ("/", true), ("a", true), ("devices/dev1/messages/events/", true), ("+", false),
            ("a/+/b", false), ("1234567#", false), ("12345678#", false), ("sport/tennis#", false), ("$SYS/x", true),
            ("ab\u{0}", false), ("12345678\u{0}", false), ("Zürich/Größe", true), (" ", true),
            (String(repeating: "x", count: 65_535), true), (String(repeating: "x", count: 65_536), false),
        ]
    )
    func topicName(name: String, isValid: Bool) {
        #expect(TopicName.isValid(ByteBuffer(string: name)) == isValid)
    }

    @Test("a wildcard or U+0000 is found at every place of a word", arguments: [UInt8(0x2B), 0x23, 0x00])
    func everyPlace(byte: UInt8) {
        for length in 1...40 {
            for position in 0..<length {
                var topic = [UInt8](repeating: 0x61, count: length)
                #expect(TopicName.isValid(ByteBuffer(bytes: topic)))
                topic[position] = byte
                #expect(!TopicName.isValid(ByteBuffer(bytes: topic)))
            }
        }
    }

    @Test("neighbours of the forbidden bytes are allowed")
    func neighbours() {
        for byte in UInt8(1)...0x7F where byte != 0x2B && byte != 0x23 {
            #expect(TopicName.isValid(ByteBuffer(bytes: [UInt8](repeating: byte, count: 11))))
        }
        for byte in UInt8(0x80)...0xFF {
            #expect(!TopicName.isValid(ByteBuffer(bytes: [UInt8](repeating: byte, count: 11))))
        }
    }

    @Test(
        "a filter's # is alone in the last level, its + alone in any [MQTT-4.7.1-1] [MQTT-4.7.1-2]",
        arguments: [
            ("", false), ("#", true), ("+", true), ("a/#", true), ("a#", false), ("a/#/b", false), ("#/a", false),
            ("+/a/#", true), ("a+", false), ("a/+b/c", false), ("/", true), ("/+", true), ("a//b", true),
            ("##", false), ("+#", false), ("a\u{0}", false), ("$iothub/twin/res/#", true),
            (String(repeating: "x", count: 65_535), true), (String(repeating: "x", count: 65_536), false),
        ]
    )
    func topicFilter(filter: String, isValid: Bool) {
        #expect(TopicFilter.isValid(filter) == isValid)
    }
}
