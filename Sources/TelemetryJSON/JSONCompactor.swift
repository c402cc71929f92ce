/// Takes the white space between JSON tokens out, so that any JSON value fits one JSON line.
package enum JSONCompactor {
    /// The same value on one line: strings and numbers stay byte for byte as they were.
    ///
    /// - Parameter bytes: One JSON value.
    /// - Returns: The value without white space between its tokens. It has no line feed: a string cannot hold a raw one.
    /// - Throws: The first fault.
    package static func compact(_ bytes: [UInt8]) throws(JSONError) -> [UInt8] {
        if let fault = JSONValidator.fault(in: bytes) { throw fault }
        var out = [UInt8]()
        out.reserveCapacity(bytes.count)
        var isInString = false
        var isEscaped = false
        for byte in bytes {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            } else if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
                continue
            }
            out.append(byte)
        }
        return out
    }
}
