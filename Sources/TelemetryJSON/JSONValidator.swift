/// Checks that bytes are exactly one JSON value (RFC 8259): grammar, UTF-8, at most 64 levels of nesting.
package enum JSONValidator {
    /// Throws the first fault unless the bytes are one JSON value; white space around it is allowed.
    package static func validate(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        var scanner = try JSONScanner(bytes)
        try scanner.skipValue(depth: 0)
        try scanner.expectEnd()
    }

    /// The first fault; `nil` when the bytes are one JSON value.
    package static func fault(in bytes: some Sequence<UInt8>) -> JSONError? {
        func check(_ contiguous: UnsafeBufferPointer<UInt8>) -> JSONError? {
            do throws(JSONError) {
                try JSONValidator.validate(contiguous)
                return nil
            } catch {
                return error
            }
        }
        if let fault = bytes.withContiguousStorageIfAvailable(check) { return fault }
        return Array(bytes).withUnsafeBufferPointer(check)
    }

    /// Whether the bytes are one JSON value.
    package static func isValid(_ bytes: some Sequence<UInt8>) -> Bool {
        JSONValidator.fault(in: bytes) == nil
    }
}
