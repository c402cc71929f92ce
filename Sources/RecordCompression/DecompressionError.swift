/// Why compressed bytes cannot be read.
package enum DecompressionError: Error, Equatable, Sendable {
    /// No codec has the number.
    case unknownCodec(Int)
    /// The bytes end before the compressed data do.
    case truncated(CompressionCodec)
    /// They are not what the codec writes; the library's words.
    case malformed(CompressionCodec, String)
    /// They would become more bytes than allowed.
    case tooLarge(CompressionCodec, limit: Int)
    /// The library has no memory.
    case outOfMemory(CompressionCodec)
}

extension DecompressionError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownCodec(let number): "compressed by the unknown codec \(number)"
        case .truncated(let codec): "the \(codec) data end too early"
        case .malformed(let codec, let reason): "the \(codec) data are damaged (\(reason))"
        case .tooLarge(let codec, let limit): "the \(codec) data become more than \(limit) bytes"
        case .outOfMemory(let codec): "no memory for the \(codec) decompressor"
        }
    }
}
