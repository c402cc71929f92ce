internal import CLZ4

/// LZ4 frames, one after the other.
///
/// Memory: a block of at most 4 MiB and its dictionary, whatever the frame announces.
enum LZ4Decompression {
    static func run(_ source: UnsafeRawBufferPointer, into output: inout DecompressedOutput) throws(DecompressionError)
    {
        var context: OpaquePointer?
        guard LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0 else {
            throw .outOfMemory(.lz4)
        }
        defer { LZ4F_freeDecompressionContext(context) }
        var index = 0
        // What the library wants next; 0 between two frames.
        var hint = 1
        var wasFull = false
        while index < source.count || wasFull {
            var used = 0
            var result = 0
            try output.write { room in
                var filled = room.count
                used = source.count - index
                result = LZ4F_decompress(
                    context,
                    room.baseAddress,
                    &filled,
                    source.baseAddress.map { $0 + index },
                    &used,
                    nil
                )
                wasFull = filled == room.count
                return LZ4F_isError(result) == 0 ? filled : 0
            }
            guard LZ4F_isError(result) == 0 else {
                throw .malformed(.lz4, LZ4F_getErrorName(result).map { String(cString: $0) } ?? "error \(result)")
            }
            guard used > 0 || wasFull || result == 0 else { throw .malformed(.lz4, "a frame that does not go on") }
            index += used
            hint = result
            if hint == 0 { wasFull = false }
        }
        guard hint == 0 else { throw .truncated(.lz4) }
    }
}
