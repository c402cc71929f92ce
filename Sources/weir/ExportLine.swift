import NIOCore

/// A line of an exported registry, as the gateway gives it.
enum ExportLine {
    /// Whether it is a module's: `{"deviceId":"dev1","moduleId":…`. Ids have no quotes in them.
    static func isOfModule(_ line: ByteBufferView) -> Bool {
        var rest = line.drop { $0 != UInt8(ascii: ":") }.dropFirst()
        guard rest.popFirst() == UInt8(ascii: "\"") else { return false }
        return rest.drop { $0 != UInt8(ascii: "\"") }.starts(with: Array("\",\"moduleId\":".utf8))
    }
}
