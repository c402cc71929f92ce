package import LogFormat

/// Why the records of a stored batch cannot be read, although its checksum is right: its producer made it so.
package enum UnreadableBatch: Error, Equatable, Sendable {
    /// The batch or a record is malformed.
    case format(RecordBatchError)
    /// The records cannot be decompressed.
    case compression(DecompressionError)
}

extension UnreadableBatch: CustomStringConvertible {
    package var description: String {
        switch self {
        case .format(let error): "\(error)"
        case .compression(let error): "\(error)"
        }
    }
}
