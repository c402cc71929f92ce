import NIOCore

@testable import AMQPProtocol

extension AMQPValue {
    /// Any value, nested up to four levels further than `depth`.
    static func random(depth: Int, using random: inout some RandomNumberGenerator) -> AMQPValue {
        switch Int.random(in: 0..<(depth < 4 ? 26 : 21), using: &random) {
        case 0: .null
        case 1: .boolean(.random(using: &random))
        case 2: .ubyte(.random(in: 0...255, using: &random))
        case 3: .ushort(.random(in: 0...65_535, using: &random))
        case 4: .uint(.random(in: 0...UInt32.max >> UInt32.random(in: 0...31, using: &random), using: &random))
        case 5: .ulong(.random(in: 0...UInt64.max >> UInt64.random(in: 0...63, using: &random), using: &random))
        case 6: .byte(.random(in: -128...127, using: &random))
        case 7: .short(.random(in: .min ... .max, using: &random))
        case 8: .int(.random(in: .min ... .max, using: &random) >> Int32.random(in: 0...31, using: &random))
        case 9: .long(.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...63, using: &random))
        case 10: .float(.random(in: -1e9...1e9, using: &random))
        case 11: .double(.random(in: -1e99...1e99, using: &random))
        case 12: .decimal32(.random(in: 0 ... .max, using: &random))
        case 13: .decimal64(.random(in: 0 ... .max, using: &random))
        case 14: .decimal128(.random(in: 0 ... .max, using: &random))
        case 15: .char(["a", "é", "😀"].randomElement(using: &random) ?? "a")
        case 16: .timestamp(.random(in: .min ... .max, using: &random))
        case 17: .uuid(.random(in: 0 ... .max, using: &random))
        case 18: .binary(ByteBuffer(repeating: 7, count: Int.random(in: 0...300, using: &random)))
        case 19: .string(AMQPValue.text(using: &random))
        case 20: .symbol(String(repeating: "s", count: Int.random(in: 0...300, using: &random)))
        case 21:
            .list((0..<Int.random(in: 0...4, using: &random)).map { _ in .random(depth: depth + 1, using: &random) })
        case 22:
            .map(
                (0..<Int.random(in: 0...4, using: &random)).map {
                    AMQPMapEntry(.ulong(UInt64($0)), .random(depth: depth + 1, using: &random))
                }
            )
        case 23:
            .array((0..<Int.random(in: 0...4, using: &random)).map { _ in .string(AMQPValue.text(using: &random)) })
        case 24:
            .array(
                (0..<Int.random(in: 1...4, using: &random)).map { number in
                    .described(descriptor: .symbol("d"), value: .list([.int(Int32(number))]))
                }
            )
        default:
            .described(
                descriptor: .ulong(.random(in: 0...300, using: &random)),
                value: .random(depth: depth + 1, using: &random)
            )
        }
    }

    private static func text(using random: inout some RandomNumberGenerator) -> String {
        String(repeating: "é", count: Int.random(in: 0...150, using: &random))
    }
}
