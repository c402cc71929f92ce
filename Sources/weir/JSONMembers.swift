/// Finds a member of a JSON object without reading the rest of it; for lines the gateway wrote, known to be JSON.
enum JSONMembers {
    /// The bytes of the value of the outermost member called `name`, which needs no escapes; `nil` when there is none.
    static func value(of name: String, in object: [UInt8]) -> ArraySlice<UInt8>? {
        let wanted = Array("\"\(name)\":".utf8)
        var depth = 0
        var index = 0
        var valueStart: Int?
        while index < object.count {
            switch object[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0, let valueStart { return object[valueStart..<index] }
            case UInt8(ascii: ","):
                if depth == 1, let valueStart { return object[valueStart..<index] }
            case UInt8(ascii: "\""):
                let isName = depth == 1 && valueStart == nil && object[index...].starts(with: wanted)
                if isName {
                    index += wanted.count
                    valueStart = index
                    continue
                }
                index = self.endOfString(from: index, in: object)
                continue
            default:
                break
            }
            index += 1
        }
        return nil
    }

    /// The index behind the string that begins at `start`.
    private static func endOfString(from start: Int, in bytes: [UInt8]) -> Int {
        var index = start + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, bytes.count)
    }
}
