/// Counts what a payload holds before any of it is built: two bytes on the wire can ask for a whole metric in memory.
enum SparkplugWire {
    /// How many metrics the payload's top level holds; `nil` when the bytes are no protobuf message.
    ///
    /// Cost: one step per field of the top level.
    static func metricCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var position = 0
        var count = 0
        while position < bytes.count {
            guard let key = SparkplugWire.varint(bytes, &position), key >> 3 != 0, key <= UInt64(UInt32.max) else {
                return nil
            }
            let length: UInt64
            switch key & 7 {
            case 0:
                guard SparkplugWire.varint(bytes, &position) != nil else { return nil }
                length = 0
            case 1: length = 8
            case 2:
                guard let size = SparkplugWire.varint(bytes, &position) else { return nil }
                length = size
                if key >> 3 == 2 { count += 1 }
            case 5: length = 4
            default: return nil  // groups, which no version of the schema has
            }
            guard length <= UInt64(bytes.count - position) else { return nil }
            position += Int(length)
        }
        return count
    }

    private static func varint(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count, shift < 70 {
            let byte = bytes[position]
            position += 1
            value |= shift < 64 ? UInt64(byte & 0x7F) << shift : 0
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
