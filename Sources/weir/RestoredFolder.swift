import BackupFormat
import FoundationEssentials
import Glibc
import LogFormat

/// A data folder that is being made from a backup: under another name until all of it is there and right.
struct RestoredFolder: ~Copyable {
    /// Bytes of the largest manifest read: a line for each file.
    private static let manifestBytesMax: UInt64 = 64 << 20

    private let target: String
    /// The folder while it is being made.
    let path: String
    private var isDone = false
    private var folders: Set<String> = []

    /// Begins a folder beside `target`.
    ///
    /// - Parameter target: the data folder to make; it may be there when it is empty.
    /// - Throws: `CommandFailure` when something is in it, or it cannot be made.
    init(target: String) throws(CommandFailure) {
        var trimmed = target
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.target = trimmed
        self.path = "\(trimmed).restoring-\(getpid())"
        let contents = try? FileManager.default.contentsOfDirectory(atPath: trimmed)
        guard contents?.isEmpty ?? (access(trimmed, F_OK) != 0) else {
            throw CommandFailure(
                "\(trimmed) is there and not empty: restore into a new folder, and put it in its place afterwards"
            )
        }
        do {
            try FileManager.default.createDirectory(
                atPath: self.path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw OutputFile.failure(self.path, "made")
        }
        self.folders.insert(self.path)
    }

    deinit {
        if !self.isDone { try? FileManager.default.removeItem(atPath: self.path) }
    }

    /// Writes everything an archive holds and compares it with the manifest.
    ///
    /// - Parameters:
    ///   - archive: at its beginning.
    ///   - progress: called with the bytes read.
    /// - Returns: the manifest.
    /// - Throws: `CommandFailure` for an archive that is damaged or not whole.
    mutating func extract(
        _ archive: inout ArchiveReader,
        progress: (Int) -> Void
    ) throws(CommandFailure) -> BackupManifest {
        var found: [BackupManifest.File] = []
        while let header = try archive.next() {
            guard header.name != BackupManifest.fileName else {
                let manifest = try RestoredFolder.manifest(header, from: &archive)
                try RestoredFolder.compare(found, with: manifest)
                for folder in self.folders.sorted() { try OutputFile.syncFolder(folder) }
                return manifest
            }
            if header.kind == .directory {
                try self.makeFolder("\(self.path)/\(header.name)")
                continue
            }
            let path = "\(self.path)/\(header.name)"
            try self.makeFolder(OutputFile.folder(of: path))
            let file = try OutputFile(path: path, mode: mode_t(header.mode & 0o700))
            var checksum: UInt32 = 0
            try archive.readContents(of: header) { piece throws(CommandFailure) in
                try piece.withUnsafeBufferPointer { bytes throws(CommandFailure) in
                    checksum = CRC32C.checksum(UnsafeRawBufferPointer(bytes), continuing: checksum)
                    try file.write(UnsafeRawBufferPointer(bytes))
                }
            }
            try file.sync()
            found.append(BackupManifest.File(path: header.name, bytes: header.size, checksum: checksum))
            progress(archive.bytesRead)
        }
        throw CommandFailure(
            "the archive has no \(BackupManifest.fileName) at its end: it is not a whole backup of Weir"
        )
    }

    /// Gives the folder its name, durably.
    mutating func finish() throws(CommandFailure) {
        // Takes the place of an empty folder.
        guard rename(self.path, self.target) == 0 else { throw OutputFile.failure(self.target, "made") }
        self.isDone = true
        try OutputFile.syncFolder(OutputFile.folder(of: self.target))
    }

    private mutating func makeFolder(_ folder: String) throws(CommandFailure) {
        guard !self.folders.contains(folder) else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw OutputFile.failure(folder, "made")
        }
        var folder = folder
        while folder.count > self.path.count {
            self.folders.insert(folder)
            folder = OutputFile.folder(of: folder)
        }
    }

    private static func manifest(
        _ header: TarHeader,
        from archive: inout ArchiveReader
    ) throws(CommandFailure) -> BackupManifest {
        var bytes: [UInt8] = []
        guard header.size <= RestoredFolder.manifestBytesMax else {
            throw CommandFailure("the archive's \(BackupManifest.fileName) is damaged: copy the archive again")
        }
        try archive.readContents(of: header) { bytes += $0 }
        guard let manifest = BackupManifest(reading: bytes) else {
            throw CommandFailure("the archive's \(BackupManifest.fileName) is damaged: copy the archive again")
        }
        return manifest
    }

    private static func compare(
        _ found: [BackupManifest.File],
        with manifest: BackupManifest
    ) throws(CommandFailure) {
        for (file, wanted) in zip(found, manifest.files) where file != wanted {
            let isSame = file.path == wanted.path
            let what = isSame ? "is damaged: its checksum is another one" : "stands in place of \(wanted.path)"
            throw CommandFailure("in the archive \(file.path) \(what); copy the archive again")
        }
        guard found.count == manifest.files.count else {
            throw CommandFailure(
                "the archive has \(found.count) files, its \(BackupManifest.fileName) names \(manifest.files.count)"
            )
        }
    }
}
