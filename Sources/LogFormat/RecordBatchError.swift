/// Bytes that are not a record batch, and where they stop being one.
package struct RecordBatchError: Error, Equatable, Sendable {
    /// What is wrong.
    package enum Code: Equatable, Sendable {
        /// Fewer bytes than a batch header, or than its length says.
        case truncated
        /// The magic byte is not 2.
        case unsupportedMagic(Int8)
        /// The length field is below the least a header needs, or not the bytes given.
        case lengthMismatch(stated: Int, actual: Int)
        /// The sum over the bytes from the attributes on is another one.
        case checksumMismatch(stated: UInt32, actual: UInt32)
        /// The record count is negative, or not the last offset delta + 1.
        case countMismatch
        /// The records are compressed, and nobody here can read them; the codec is the one of attribute bits 0 to 2.
        case compressed(codec: Int)
        /// The compressed records are not what their codec says, or would become too many bytes.
        case decompressionFailed(String)
        /// A record's length, key, value or header runs past its end, or leaves bytes over.
        case malformedRecord
        /// An offset delta is outside the batch.
        case offsetOutOfRange
        /// Bytes follow the last record.
        case trailingBytes
    }

    /// What is wrong.
    package var code: Code
    /// Bytes from the start of the batch.
    package var offset: Int

    /// An error at a place.
    package init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }
}

extension RecordBatchError: CustomStringConvertible {
    package var description: String { "record batch: \(self.code) at byte \(self.offset)" }
}
