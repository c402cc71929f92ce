/// Sparkplug payloads as bytes, written by hand from the specification's field numbers.
enum Wire {
    /// A payload of metrics (field 2) and a sequence number (field 3).
    static func payload(_ metrics: [[UInt8]], seq: UInt8? = nil) -> [UInt8] {
        metrics.flatMap { [0x12] + Wire.varint(UInt64($0.count)) + $0 }
            + (seq.map { [0x18] + Wire.varint(UInt64($0)) } ?? [])
    }

    /// An Int32 metric: name (1), alias (2), timestamp (3), datatype (4), int_value (10).
    static func metric(_ name: String?, alias: UInt8, _ value: UInt8, time: UInt64? = nil) -> [UInt8] {
        var bytes = [UInt8]()
        if let name {
            bytes += [0x0A] + Wire.varint(UInt64(name.utf8.count)) + Array(name.utf8)
        }
        bytes += [0x10] + Wire.varint(UInt64(alias))
        if let time { bytes += [0x18] + Wire.varint(time) }
        return bytes + [0x20, 0x03, 0x50] + Wire.varint(UInt64(value))
    }

    static func varint(_ value: UInt64) -> [UInt8] {
        var bytes = [UInt8]()
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
