import Glibc

/// Whole reads and writes of files; interrupted and short ones go on. On failure `errno` says why.
enum LinuxFile {
    /// Writes all bytes.
    static func write(_ bytes: [UInt8], to descriptor: Int32, at offset: Int) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = pwrite(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, offset + done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }

    /// Reads until the buffer is full or the file ends; returns how many bytes, or -1.
    static func read(_ descriptor: Int32, into bytes: inout [UInt8], at offset: Int) -> Int {
        bytes.withUnsafeMutableBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = pread(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, offset + done)
                if count < 0, errno == EINTR { continue }
                if count < 0 { return -1 }
                if count == 0 { break }
                done += count
            }
            return done
        }
    }

    /// Brings a folder's names to the disk.
    static func syncFolder(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }
}
