/// Reads one line of comma-separated values; a value in quotes may hold commas and doubled quotes, but no line feed.
///
/// Source: RFC 4180, without its line breaks inside quotes.
enum CSVColumns {
    /// The values; `nil` when a quote is not closed or stands inside a value.
    static func values(of line: some Collection<UInt8>) -> [String]? {
        var values = [String]()
        var value = [UInt8]()
        var isQuoted = false
        var wasQuoted = false
        var bytes = line.makeIterator()
        var next = bytes.next()
        while let byte = next {
            next = bytes.next()
            switch byte {
            case UInt8(ascii: "\"") where isQuoted:
                if next == UInt8(ascii: "\"") {
                    value.append(byte)
                    next = bytes.next()
                } else {
                    isQuoted = false
                    wasQuoted = true
                }
            case UInt8(ascii: "\""):
                guard value.isEmpty, !wasQuoted else { return nil }
                isQuoted = true
            case UInt8(ascii: ",") where !isQuoted:
                values.append(String(decoding: value, as: UTF8.self))
                value.removeAll()
                wasQuoted = false
            case 0x0D where !isQuoted && next == nil:
                break
            default:
                guard !wasQuoted else { return nil }
                value.append(byte)
            }
        }
        guard !isQuoted else { return nil }
        values.append(String(decoding: value, as: UTF8.self))
        return values
    }
}
