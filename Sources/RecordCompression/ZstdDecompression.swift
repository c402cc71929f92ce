internal import CZstd

/// Zstandard frames, one after the other.
///
/// Memory: a window of at most ``windowLogMax``; frames that want more are refused.
enum ZstdDecompression {
    /// 64 MiB, as much as a batch may become. Levels up to 19 use 8 MiB.
    private static let windowLogMax: Int32 = 26

    static func run(_ source: UnsafeRawBufferPointer, into output: inout DecompressedOutput) throws(DecompressionError)
    {
        guard let stream = ZSTD_createDCtx() else { throw .outOfMemory(.zstd) }
        defer { ZSTD_freeDCtx(stream) }
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, ZstdDecompression.windowLogMax)
        var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
        // What the library wants next; 0 between two frames.
        var hint = 1
        var wasFull = false
        while input.pos < input.size || wasFull {
            var result = 0
            let before = input.pos
            try output.write { room in
                var target = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
                result = ZSTD_decompressStream(stream, &target, &input)
                wasFull = target.pos == target.size
                return target.pos
            }
            guard ZSTD_isError(result) == 0 else {
                throw .malformed(.zstd, ZSTD_getErrorName(result).map { String(cString: $0) } ?? "error \(result)")
            }
            guard input.pos > before || wasFull || result == 0 else {
                throw .malformed(.zstd, "a frame that does not go on")
            }
            hint = result
            if hint == 0 { wasFull = false }
        }
        guard hint == 0 else { throw .truncated(.zstd) }
    }
}
