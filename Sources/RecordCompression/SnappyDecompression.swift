internal import CSnappy

/// Snappy: one raw block, or the xerial frame around several.
///
/// ```
/// raw     │ block …
/// xerial  │ 82 "SNAPPY" 00 │ version i32 = 1 │ least version i32 = 1 │ (length i32 │ block) … │
/// ```
/// Source: contracts/kafka.md §4; google/snappy "format_description.txt".
enum SnappyDecompression {
    private static let xerialMagic: [UInt8] = [0x82, 0x53, 0x4E, 0x41, 0x50, 0x50, 0x59, 0x00]
    private static let xerialHeaderBytes = 16
    /// The most bytes that one compressed byte can stand for: a copy of 64 bytes takes three.
    private static let expansionMax = 32

    static func run(_ source: UnsafeRawBufferPointer, into output: inout DecompressedOutput) throws(DecompressionError)
    {
        guard source.starts(with: SnappyDecompression.xerialMagic) else {
            return try SnappyDecompression.block(source, into: &output)
        }
        var index = SnappyDecompression.xerialHeaderBytes
        guard source.count >= index else { throw .truncated(.snappy) }
        while index < source.count {
            guard source.count - index >= 4 else { throw .truncated(.snappy) }
            let length = Int(
                Int32(bigEndian: source.loadUnaligned(fromByteOffset: index, as: Int32.self))
            )
            index += 4
            guard length >= 0 else { throw .malformed(.snappy, "a block of \(length) bytes") }
            guard length <= source.count - index else { throw .truncated(.snappy) }
            try SnappyDecompression.block(
                UnsafeRawBufferPointer(rebasing: source[index..<(index + length)]),
                into: &output
            )
            index += length
        }
    }

    private static func block(
        _ block: UnsafeRawBufferPointer,
        into output: inout DecompressedOutput
    ) throws(DecompressionError) {
        let bytes = block.assumingMemoryBound(to: CChar.self)
        var length = 0
        guard snappy_uncompressed_length(bytes.baseAddress, block.count, &length) == SNAPPY_OK else {
            throw .malformed(.snappy, "no valid length")
        }
        // Before anything is allocated for what a length announces.
        guard length <= block.count * SnappyDecompression.expansionMax else {
            throw .malformed(.snappy, "\(block.count) bytes announce \(length)")
        }
        var status = SNAPPY_OK
        try output.write(exactly: length) { room in
            var filled = length
            // A block of no bytes has nowhere to be written to.
            guard length > 0 else { return 0 }
            let target = room.assumingMemoryBound(to: CChar.self).baseAddress
            status = snappy_uncompress(bytes.baseAddress, block.count, target, &filled)
            return status == SNAPPY_OK ? filled : 0
        }
        guard status == SNAPPY_OK else { throw .malformed(.snappy, "a damaged block") }
    }
}
