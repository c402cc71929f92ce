/// The octet before a value that says how it is encoded. Source: AMQP 1.0 part 1, §1.6.
enum AMQPFormatCode: UInt8, CaseIterable {
    case described = 0x00
    case null = 0x40
    case booleanTrue = 0x41
    case booleanFalse = 0x42
    case uint0 = 0x43
    case ulong0 = 0x44
    case list0 = 0x45
    case ubyte = 0x50
    case byte = 0x51
    case smalluint = 0x52
    case smallulong = 0x53
    case smallint = 0x54
    case smalllong = 0x55
    case boolean = 0x56
    case ushort = 0x60
    case short = 0x61
    case uint = 0x70
    case int = 0x71
    case float = 0x72
    case char = 0x73
    case decimal32 = 0x74
    case ulong = 0x80
    case long = 0x81
    case double = 0x82
    case timestamp = 0x83
    case decimal64 = 0x84
    case decimal128 = 0x94
    case uuid = 0x98
    case vbin8 = 0xA0
    case str8 = 0xA1
    case sym8 = 0xA3
    case vbin32 = 0xB0
    case str32 = 0xB1
    case sym32 = 0xB3
    case list8 = 0xC0
    case map8 = 0xC1
    case list32 = 0xD0
    case map32 = 0xD1
    case array8 = 0xE0
    case array32 = 0xF0

    /// Bytes that a value of this encoding takes at least, the octet itself not counted: its first digit says it.
    var bytesMin: Int {
        switch self.rawValue >> 4 {
        case 0x5, 0xA: 1
        case 0x6: 2
        case 0x7, 0xB: 4
        case 0x8: 8
        case 0x9: 16
        case 0xC, 0xE: 2
        case 0xD, 0xF: 8
        // Nothing, and a described value, whose own constructors stand once before all elements.
        default: 0
        }
    }
}
