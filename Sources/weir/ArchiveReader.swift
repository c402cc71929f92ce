import BackupFormat

/// Reads a tar archive entry by entry. Blocks.
struct ArchiveReader: ~Copyable {
    /// Bytes of contents handed over at once.
    private static let pieceBytes = 1 << 20

    private let file: InputFile
    private let name: String
    /// Bytes of the archive read so far.
    private(set) var bytesRead = 0

    /// Opens an archive; `-` is stdin.
    init(path: String) throws(CommandFailure) {
        self.file = try InputFile(path: path)
        self.name = path == "-" ? "standard input" : path
    }

    /// The next file or folder; `nil` at the archive's end. What of its contents is not read is lost.
    mutating func next() throws(CommandFailure) -> TarHeader? {
        var extended = PaxRecords()
        while true {
            let block = try self.block(TarHeader.blockBytes)
            guard var header = try self.parsed({ () throws(TarError) in try TarHeader(reading: block) }) else {
                return nil
            }
            switch header.kind {
            case .extended:
                guard header.size <= UInt64(PaxRecords.bytesMax) else { throw self.failure(.notAnArchive) }
                let records = try self.block(Int(header.size))
                _ = try self.block(TarHeader.padding(after: header.size))
                extended = try self.parsed { () throws(TarError) in try PaxRecords(reading: records) }
                continue
            case .other:
                throw self.failure(.unsupportedEntry(header.name))
            case .file, .directory:
                break
            }
            header.name = extended.path ?? header.name
            header.size = extended.size ?? header.size
            if header.kind == .directory, header.name.hasSuffix("/") { header.name.removeLast() }
            guard ArchivePath.isSafe(header.name) else { throw self.failure(.unsafePath(header.name)) }
            return header
        }
    }

    /// Reads the contents of the entry that ``next()`` gave, and what fills its last block.
    mutating func readContents(
        of header: TarHeader,
        _ receive: ([UInt8]) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        var left = header.size
        while left > 0 {
            let piece = try self.block(Int(min(left, UInt64(ArchiveReader.pieceBytes))))
            left -= UInt64(piece.count)
            try receive(piece)
        }
        _ = try self.block(TarHeader.padding(after: header.size))
    }

    private mutating func block(_ count: Int) throws(CommandFailure) -> [UInt8] {
        let bytes = try self.file.read(count)
        self.bytesRead += bytes.count
        guard bytes.count == count else { throw self.failure(.truncated) }
        return bytes
    }

    private func parsed<Value>(_ parse: () throws(TarError) -> Value) throws(CommandFailure) -> Value {
        do throws(TarError) {
            return try parse()
        } catch {
            throw self.failure(error)
        }
    }

    private func failure(_ error: TarError) -> CommandFailure {
        CommandFailure("\(self.name): \(error)")
    }
}
