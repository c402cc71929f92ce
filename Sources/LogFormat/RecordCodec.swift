package import NIOCore

/// How the records of a batch are compressed: attribute bits 0 to 2. Source: contracts/kafka.md §4.
package enum RecordCodec: Int, CaseIterable, Equatable, Sendable {
    case none = 0
    case gzip = 1
    case snappy = 2
    case lz4 = 3
    case zstd = 4
}

/// Turns the compressed bytes behind a batch's header into records; bounds what it makes, and throws
/// `decompressionFailed` for bytes that are not what the codec says. Never called with ``RecordCodec/none``.
package typealias RecordDecompression = @Sendable (RecordCodec, ByteBuffer) throws(RecordBatchError) -> ByteBuffer
