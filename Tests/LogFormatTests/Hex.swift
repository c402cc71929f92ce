import NIOCore

/// Bytes written as hexadecimal digits; spaces and line ends are for the reader.
func hex(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text where !character.isWhitespace {
        guard let digit = character.hexDigitValue.map({ UInt8($0) }) else {
            preconditionFailure("\(character) is not a hexadecimal digit")
        }
        if let first = high {
            bytes.append(first << 4 | digit)
            high = nil
        } else {
            high = digit
        }
    }
    precondition(high == nil, "an odd number of digits")
    return bytes
}

/// The three-record batch of contracts/kafka.md §4, equal byte for byte to kafka-python's encoder.
let workedBatch = hex(
    """
    0000000000000000 00000068 00000000 02 5ef261f3 0000 00000002 000001a1ee565e00 000001a1ee565e96
    ffffffffffffffff ffff ffffffff 00000003
    3e 00 00 00 0e 6465762d303031 14 7b2274223a32312e357d 02 04 6374 08 6a736f6e
    10 00 ac02 02 01 02 78 00
    1a 00 09 04 0e 6465762d303031 01 00
    """
)

/// The instant T of the contract.
let workedTime: Int64 = 1_795_000_000_000

extension ByteBuffer {
    var text: String { String(decoding: self.readableBytesView, as: UTF8.self) }
}
