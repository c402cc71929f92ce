import NIOCore
import TelemetryModel

extension AMQPValue {
    /// A message id or correlation id as text; `nil` for null. Bytes that are not UTF-8 are written in hex.
    var idText: String? {
        if case .binary(let bytes) = self, let text = String(validating: bytes.readableBytesView, as: UTF8.self) {
            return text
        }
        return self.propertyText?.text
    }

    /// A value of a simple type as text, `text` being `nil` for null; no result for lists, maps, arrays and described
    /// values, which no application property may be.
    ///
    /// Numbers are decimal, booleans `true` and `false`, UUIDs in the usual five groups, bytes in hex, times in
    /// ISO 8601 as far as that reaches and milliseconds beyond.
    var propertyText: AMQPPropertyText? {
        switch self {
        case .null: AMQPPropertyText(nil)
        case .boolean(let value): AMQPPropertyText("\(value)")
        case .ubyte(let value): AMQPPropertyText("\(value)")
        case .ushort(let value): AMQPPropertyText("\(value)")
        case .uint(let value): AMQPPropertyText("\(value)")
        case .ulong(let value): AMQPPropertyText("\(value)")
        case .byte(let value): AMQPPropertyText("\(value)")
        case .short(let value): AMQPPropertyText("\(value)")
        case .int(let value): AMQPPropertyText("\(value)")
        case .long(let value): AMQPPropertyText("\(value)")
        case .float(let value): AMQPPropertyText("\(value)")
        case .double(let value): AMQPPropertyText("\(value)")
        case .decimal32(let bits): AMQPPropertyText(AMQPDecimal(bits).description)
        case .decimal64(let bits): AMQPPropertyText(AMQPDecimal(bits).description)
        case .decimal128(let bits): AMQPPropertyText(AMQPDecimal(bits).description)
        case .char(let scalar): AMQPPropertyText(String(Character(scalar)))
        case .timestamp(let milliseconds): AMQPPropertyText(AMQPValue.text(time: milliseconds))
        case .uuid(let bits): AMQPPropertyText(AMQPValue.text(uuid: bits))
        case .binary(let bytes): AMQPPropertyText(AMQPValue.hex(bytes.readableBytesView))
        case .string(let text), .symbol(let text): AMQPPropertyText(text)
        case .list, .map, .array, .described: nil
        }
    }

    private static func text(time milliseconds: Int64) -> String {
        // The first millisecond of year 0, and of year 10,000.
        (-62_167_219_200_000..<253_402_300_800_000).contains(milliseconds)
            ? Timestamp(milliseconds: milliseconds).description : "\(milliseconds)"
    }

    private static func text(uuid bits: UInt128) -> String {
        let digits = AMQPValue.hex((0..<16).map { UInt8(truncatingIfNeeded: bits >> (120 - 8 * $0)) })
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
