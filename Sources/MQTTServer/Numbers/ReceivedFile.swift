import EventLog
import Glibc
import ReadingNumbers

/// The snapshot file of received numbers: blocks of ``SnapshotBlock``, replaced as a whole.
struct ReceivedFile {
    /// Why there is no snapshot.
    enum Fault: Error, Equatable {
        case missing
        case damaged
        /// Another version of the gateway wrote it.
        case version(UInt32)
        /// The log ends before the numbers do: it is another one.
        case foreign
        case file(LogFileError)
    }

    let path: String
    let files: any LogFiles

    /// Reads the first block.
    func header() throws(Fault) -> SnapshotHeader {
        var position: UInt64 = 0
        guard case .header(let header) = try ReceivedFile.block(of: try self.open(), at: &position) else {
            throw .damaged
        }
        return header
    }

    /// Reads the file block by block; `numbers` have the key of its header.
    ///
    /// - Returns: its bytes.
    /// - Throws: why it cannot be used; `numbers` then hold a part of it.
    func read(into numbers: ReceivedNumbers) throws(Fault) -> UInt64 {
        let file = try self.open()
        var position: UInt64 = 0
        guard case .header = try ReceivedFile.block(of: file, at: &position) else { throw .damaged }
        var devices: UInt64 = 0
        while true {
            let block = try ReceivedFile.block(of: file, at: &position)
            switch block {
            case .header: throw .damaged
            case .devices(let some):
                devices += UInt64(some.count)
                numbers.restore(block)
            case .gaps, .deleted: numbers.restore(block)
            case .end(let count):
                guard count == devices else { throw .damaged }
                return position
            }
        }
    }

    private func open() throws(Fault) -> any LogFile {
        do throws(LogFileError) {
            return try self.files.open(self.path, .read)
        } catch {
            throw error.errno == ENOENT ? .missing : .file(error)
        }
    }

    private static func block(of file: any LogFile, at position: inout UInt64) throws(Fault) -> SnapshotBlock {
        do throws(SnapshotBlock.Fault) {
            let head = try ReceivedFile.bytes(of: file, at: position, count: SnapshotBlock.headBytes)
            let payload = try SnapshotBlock.payloadBytes(head: head)
            let count = SnapshotBlock.headBytes + payload + SnapshotBlock.tailBytes
            let block = try SnapshotBlock(try ReceivedFile.bytes(of: file, at: position, count: count))
            position += UInt64(count)
            return block
        } catch {
            switch error {
            case .damaged: throw .damaged
            case .version(let version): throw .version(version)
            }
        }
    }

    /// Bytes that must be there; a file that cannot be read is a damaged one.
    private static func bytes(
        of file: any LogFile,
        at position: UInt64,
        count: Int
    ) throws(SnapshotBlock.Fault) -> [UInt8] {
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { room, filled in
            do throws(LogFileError) {
                let target = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: room[..<count]))
                filled = try file.read(into: target, at: position)
                isWhole = filled == count
            } catch {
                filled = 0
            }
        }
        guard isWhole else { throw .damaged }
        return bytes
    }

    /// Writes what is remembered beside the file, and puts it in its place when it is durable.
    ///
    /// - Parameters:
    ///   - numbers: what is remembered.
    ///   - covered: all of the log that is before it is in the numbers.
    ///   - header: called when all else is written.
    /// - Returns: the file's bytes.
    /// - Throws: what the file layer said; the file is the old one then.
    func replace(
        with numbers: ReceivedNumbers,
        covering covered: LogPosition,
        header: () -> SnapshotHeader
    ) throws(LogFileError) -> UInt64 {
        let unfinished = self.path + ".new"
        let file = try self.files.open(unfinished, .create)
        // Its place is kept free.
        var position = UInt64(SnapshotBlock.header(header()).bytes.count)
        var devices: UInt64 = 0
        try numbers.stored(covering: covered) { block throws(LogFileError) in
            if case .devices(let some) = block { devices += UInt64(some.count) }
            let bytes = block.bytes
            try ReceivedFile.write(bytes, to: file, at: position)
            position += UInt64(bytes.count)
        }
        let end = SnapshotBlock.end(devices: devices).bytes
        try ReceivedFile.write(end, to: file, at: position)
        try ReceivedFile.write(SnapshotBlock.header(header()).bytes, to: file, at: 0)
        try file.syncData()
        try self.files.rename(unfinished, to: self.path)
        let folder = self.path.lastIndex(of: "/").map { String(self.path[..<$0]) } ?? "."
        try self.files.syncDirectory(folder.isEmpty ? "/" : folder)
        return position + UInt64(end.count)
    }

    private static func write(_ bytes: [UInt8], to file: any LogFile, at position: UInt64) throws(LogFileError) {
        try bytes.withUnsafeBufferPointer { raw throws(LogFileError) in
            try file.write([UnsafeRawBufferPointer(raw)], at: position)
        }
    }
}
