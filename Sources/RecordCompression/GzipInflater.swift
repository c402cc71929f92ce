internal import CZlib

/// Inflates a gzip file from pieces; a file of several members reads as one.
///
/// Owns the zlib stream. Used by one caller at a time.
package final class GzipInflater {
    /// Why a compressed file cannot be read on.
    package enum Fault: Error, Equatable {
        /// The file ends before its compressed data do.
        case truncated
        /// The data are damaged; zlib's words.
        case damaged(String)
        /// zlib has no memory for a stream.
        case outOfMemory
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private var output: [UInt8]
    /// Whether a member has begun and not ended.
    private var isInMember = false

    /// An inflater at the start of a file.
    ///
    /// - Parameter pieceBytes: the most bytes given out at once.
    /// - Throws: ``Fault/outOfMemory``.
    package init(pieceBytes: Int = 65_536) throws(Fault) {
        self.stream = .allocate(capacity: 1)
        self.stream.initialize(to: z_stream())
        self.output = [UInt8](repeating: 0, count: pieceBytes)
        guard weir_inflate_begin(self.stream) == Z_OK else {
            self.stream.deallocate()
            throw .outOfMemory
        }
    }

    deinit {
        inflateEnd(self.stream)
        self.stream.deallocate()
    }

    /// Whether the bytes are a gzip file's first two (RFC 1952 §2.3.1).
    package static func isGzip(_ head: some Collection<UInt8>) -> Bool {
        head.starts(with: [0x1F, 0x8B])
    }

    /// Inflates one piece of the file.
    ///
    /// - Parameters:
    ///   - piece: compressed bytes, used up.
    ///   - receive: called with inflated bytes, at most `pieceBytes` at once.
    /// - Throws: ``Fault/damaged(_:)``; what was inflated before it has been received.
    package func inflate(_ piece: [UInt8], receive: (ArraySlice<UInt8>) -> Void) throws(Fault) {
        var piece = piece
        let fault: Fault? = piece.withUnsafeMutableBufferPointer { input in
            self.stream.pointee.next_in = input.baseAddress
            self.stream.pointee.avail_in = UInt32(input.count)
            defer { self.stream.pointee.next_in = nil }
            while self.stream.pointee.avail_in > 0 {
                // Some tools pad a gzip file with zeros to a block's end.
                if !self.isInMember, input[input.count - Int(self.stream.pointee.avail_in)] == 0 {
                    self.stream.pointee.avail_in -= 1
                    self.stream.pointee.next_in += 1
                    continue
                }
                self.isInMember = true
                if let fault = self.step(receive: receive) { return fault }
            }
            return nil
        }
        if let fault { throw fault }
    }

    /// The file has no more pieces.
    package func finish() throws(Fault) {
        if self.isInMember { throw .truncated }
    }

    /// Fills the output once; goes on by itself while it comes out full.
    private func step(receive: (ArraySlice<UInt8>) -> Void) -> Fault? {
        while true {
            let capacity = self.output.count
            let result = self.output.withUnsafeMutableBufferPointer { output in
                self.stream.pointee.next_out = output.baseAddress
                self.stream.pointee.avail_out = UInt32(capacity)
                return CZlib.inflate(self.stream, Z_NO_FLUSH)
            }
            let count = capacity - Int(self.stream.pointee.avail_out)
            if count > 0 { receive(self.output[..<count]) }
            switch result {
            case Z_OK, Z_BUF_ERROR:
                if count < capacity { return nil }
            case Z_STREAM_END:
                self.isInMember = false
                inflateReset(self.stream)
                return nil
            case Z_MEM_ERROR:
                return .outOfMemory
            default:
                return .damaged(self.stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(result)")
            }
        }
    }
}

extension GzipInflater.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated: "its compressed data end too early: the file was cut, copy it again"
        case .damaged(let reason): "its compressed data are damaged (\(reason)): copy the file again"
        case .outOfMemory: "there is no memory to decompress it"
        }
    }
}
