package import NIOCore

/// Decompresses what a client's codec made of a batch's records.
///
/// Bytes come from clients that nobody checked: every length is compared with what there is, output has a limit, and the
/// decompressors' own memory is bounded by it too.
package enum RecordDecompressor {
    /// Bytes that one batch may become at most: 64 times the largest batch a topic takes by default.
    package static let outputBytesMax = 64 << 20

    /// Appends the decompressed `source` to `target`.
    ///
    /// - Parameters:
    ///   - source: all of the compressed bytes.
    ///   - codec: what made them.
    ///   - target: where the output goes; unchanged when this throws.
    ///   - limit: bytes of output at most.
    /// - Throws: ``DecompressionError``; also when bytes are left over that are no further frame.
    package static func decompress(
        _ source: UnsafeRawBufferPointer,
        codec: CompressionCodec,
        into target: inout ByteBuffer,
        limit: Int = RecordDecompressor.outputBytesMax
    ) throws(DecompressionError) {
        var output = DecompressedOutput(behind: target, codec: codec, limit: limit)
        switch codec {
        case .none:
            guard source.count <= limit else { throw output.tooLarge }
            target.writeBytes(source)
            return
        case .gzip: try GzipDecompression.run(source, into: &output)
        case .snappy: try SnappyDecompression.run(source, into: &output)
        case .lz4: try LZ4Decompression.run(source, into: &output)
        case .zstd: try ZstdDecompression.run(source, into: &output)
        }
        target = output.buffer
    }
}
