/// The elements of a JSON array, without building them.
package enum JSONElements {
    /// Where each element of an array lies.
    ///
    /// - Parameter text: One JSON array, and nothing else; all of it is checked.
    /// - Returns: The elements' bytes, in order.
    /// - Throws: The first fault in the bytes, or `notTelemetry` when it is another kind of JSON.
    package static func ranges(of text: UnsafeBufferPointer<UInt8>) throws(JSONError) -> [Range<Int>] {
        var scanner = try JSONScanner(text)
        guard try scanner.peekToken() == UInt8(ascii: "[") else { throw JSONError(.notTelemetry, at: scanner.position) }
        try scanner.enter(depth: 0)
        var ranges: [Range<Int>] = []
        if try scanner.peekToken() == UInt8(ascii: "]") {
            scanner.position += 1
        } else {
            repeat {
                _ = try scanner.peekToken()
                let start = scanner.position
                try scanner.skipValue(depth: 1)
                ranges.append(start..<scanner.position)
            } while try scanner.continues(until: UInt8(ascii: "]"))
        }
        try scanner.expectEnd()
        return ranges
    }
}
