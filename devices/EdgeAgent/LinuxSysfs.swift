import Glibc
package import SensorKit

/// The real sysfs.
package final class LinuxSysfs: SysfsFiles {
    /// Attributes are short; what is longer is cut, and then fails to parse.
    private static let readMax = 1_024

    package init() {}

    package func list(_ folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    package func read(_ path: String) throws(SensorFault) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw LinuxError.sysfs(errno, path: path) }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: Self.readMax)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw LinuxError.sysfs(errno, path: path) }
        return Array(buffer.prefix(count))
    }

    package func write(_ bytes: [UInt8], to path: String) throws(SensorFault) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw LinuxError.sysfs(errno, path: path) }
        defer { close(descriptor) }
        let count = Glibc.write(descriptor, bytes, bytes.count)
        guard count >= 0 else { throw LinuxError.sysfs(errno, path: path) }
        guard count == bytes.count else { throw SensorFault(.busError, "\(path) took only a part of the setting") }
    }

    package func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    package func canonicalPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
