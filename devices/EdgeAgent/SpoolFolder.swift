package import EdgeCore
import Glibc

/// The spool's files on the disk. Used by one thread.
package final class SpoolFolder: SpoolStorage {
    /// No file is nearly as long; nothing else is read into memory.
    private static let readMaxBytes = 16_777_216

    private let path: String
    /// The file made last; -1 before the first.
    private var descriptor: Int32 = -1
    private var name = ""
    /// Whether the disk may not have the file's name yet.
    private var isNameUnsynced = false

    /// - Parameter path: The folder, made when it does not exist.
    /// - Throws: When it cannot be made.
    package init(_ path: String) throws(SpoolFault) {
        self.path = path
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw self.fault("", errno) }
    }

    deinit {
        if self.descriptor >= 0 { close(self.descriptor) }
    }

    package func segments() throws(SpoolFault) -> [UInt64] {
        guard let folder = opendir(self.path) else { throw self.fault("", errno) }
        defer { closedir(folder) }
        var segments: [UInt64] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let segment = SpoolFormat.segment(named: name) { segments.append(segment) }
        }
        return segments.sorted()
    }

    package func read(_ segment: UInt64, at offset: Int, count: Int) throws(SpoolFault) -> [UInt8] {
        let name = SpoolFormat.name(of: segment)
        let file = open("\(self.path)/\(name)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw self.fault(name, errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw self.fault(name, errno) }
        let available = min(max(Int(status.st_size) - offset, 0), Self.readMaxBytes)
        var bytes = [UInt8](repeating: 0, count: min(count, available))
        let done = LinuxFile.read(file, into: &bytes, at: offset)
        guard done >= 0 else { throw self.fault(name, errno) }
        bytes.removeLast(bytes.count - done)
        return bytes
    }

    package func create(_ segment: UInt64, _ header: [UInt8]) throws(SpoolFault) {
        let name = SpoolFormat.name(of: segment)
        let file = open("\(self.path)/\(name)", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw self.fault(name, errno) }
        guard LinuxFile.write(header, to: file, at: 0) else {
            let fault = self.fault(name, errno)
            close(file)
            unlink("\(self.path)/\(name)")
            throw fault
        }
        if self.descriptor >= 0 { close(self.descriptor) }
        self.descriptor = file
        self.name = name
        self.isNameUnsynced = true
    }

    package func write(_ bytes: [UInt8], at offset: Int) throws(SpoolFault) {
        guard LinuxFile.write(bytes, to: self.descriptor, at: offset) else { throw self.fault(self.name, errno) }
    }

    package func truncate(to size: Int) throws(SpoolFault) {
        guard ftruncate(self.descriptor, size) == 0 else { throw self.fault(self.name, errno) }
    }

    package func sync(_ segment: UInt64) throws(SpoolFault) {
        let name = SpoolFormat.name(of: segment)
        guard name != self.name else {
            guard fdatasync(self.descriptor) == 0 else { throw self.fault(name, errno) }
            return try self.syncNames()
        }
        let file = open("\(self.path)/\(name)", O_RDWR | O_CLOEXEC)
        guard file >= 0 else { throw self.fault(name, errno) }
        defer { close(file) }
        guard fdatasync(file) == 0 else { throw self.fault(name, errno) }
        self.isNameUnsynced = true
        try self.syncNames()
    }

    package func remove(_ segment: UInt64) throws(SpoolFault) {
        let name = SpoolFormat.name(of: segment)
        guard unlink("\(self.path)/\(name)") == 0 || errno == ENOENT else { throw self.fault(name, errno) }
    }

    package func freeBytes() throws(SpoolFault) -> Int {
        var status = statvfs()
        guard statvfs(self.path, &status) == 0 else { throw self.fault("", errno) }
        return Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }

    private func syncNames() throws(SpoolFault) {
        guard self.isNameUnsynced else { return }
        guard LinuxFile.syncFolder(self.path) else { throw self.fault("", errno) }
        self.isNameUnsynced = false
    }

    private func fault(_ name: String, _ number: Int32) -> SpoolFault {
        let place = name.isEmpty ? self.path : "\(self.path)/\(name)"
        return SpoolFault("\(place): \(LinuxError.text(number))", isFull: number == ENOSPC || number == EDQUOT)
    }
}
