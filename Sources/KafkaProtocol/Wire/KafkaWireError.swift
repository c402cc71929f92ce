/// Bytes that are not a Kafka request; the answer is to close the connection.
package struct KafkaWireError: Error, Equatable, Sendable {
    /// What is wrong.
    package enum Code: Equatable, Sendable {
        /// A frame's length is below that of the smallest header.
        case frameTooShort(length: Int, least: Int)
        /// A frame's length is above the limit.
        case frameTooLarge(length: Int, limit: Int)
        /// A field runs past the end of the request.
        case truncated
        /// A length or count below -1, or -1 where null is not allowed.
        case negativeLength(Int)
        /// More elements than the bytes left can hold.
        case countOverBytesLeft(count: Int, bytes: Int)
        /// More elements, in all arrays together, than one request may hold.
        case tooManyElements(limit: Int)
        /// Not UTF-8.
        case malformedString
        /// An unsigned varint longer than five bytes or 32 bits.
        case malformedVarint
        /// Bytes remain behind the last field.
        case trailingBytes(Int)
        /// A version that this broker does not read.
        case unsupportedVersion(Int16)
    }

    /// What is wrong.
    package var code: Code
    /// Bytes from where reading began: of the frame, its header included, or of the part given.
    package var offset: Int

    /// A fault at a place.
    package init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }
}

extension KafkaWireError: CustomStringConvertible {
    package var description: String { "Kafka request: \(self.code) at byte \(self.offset)" }
}
