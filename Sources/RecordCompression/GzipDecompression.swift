/// gzip members, one after the other.
enum GzipDecompression {
    /// Bytes inflated at once: deflate makes at most 1,032 of one, so a bomb is noticed after 17 MB of work.
    private static let pieceBytes = 16 << 10

    static func run(_ source: UnsafeRawBufferPointer, into output: inout DecompressedOutput) throws(DecompressionError)
    {
        do throws(GzipInflater.Fault) {
            let inflater = try GzipInflater()
            var fits = true
            var rest = source[...]
            guard !rest.isEmpty else { throw .truncated }
            while !rest.isEmpty {
                try inflater.inflate(Array(rest.prefix(GzipDecompression.pieceBytes))) { piece in
                    fits = fits && output.append(piece)
                }
                guard fits else { break }
                rest = rest.dropFirst(GzipDecompression.pieceBytes)
            }
            if fits {
                try inflater.finish()
                return
            }
        } catch {
            switch error {
            case .truncated: throw .truncated(.gzip)
            case .damaged(let reason): throw .malformed(.gzip, reason)
            case .outOfMemory: throw .outOfMemory(.gzip)
            }
        }
        throw output.tooLarge
    }
}
