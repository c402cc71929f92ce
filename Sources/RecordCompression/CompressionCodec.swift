/// How the records of a batch are compressed: attribute bits 0 to 2 of its header.
///
/// Source: contracts/kafka.md §4.
package enum CompressionCodec: Int, CaseIterable, Sendable {
    /// As they are.
    case none = 0
    /// gzip members (RFC 1952).
    case gzip = 1
    /// A raw snappy block from librdkafka, blocks in the xerial frame from Java and Python.
    case snappy = 2
    /// LZ4 frames.
    case lz4 = 3
    /// Zstandard frames (RFC 8878).
    case zstd = 4
}

extension CompressionCodec: CustomStringConvertible {
    package var description: String {
        switch self {
        case .none: "none"
        case .gzip: "gzip"
        case .snappy: "snappy"
        case .lz4: "lz4"
        case .zstd: "zstd"
        }
    }
}
