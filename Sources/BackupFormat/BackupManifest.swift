internal import LogFormat

/// What a backup holds: the last entry of its archive, without which it is not complete.
///
/// ```
/// weir-backup 1
/// made 2026-11-21T04:33:00.123Z by weir 0.3.0
/// file 5f1c9a02 1048576 log/telemetry/00000000000000000000.log
/// file …
/// checksum 0b24f487
/// ```
/// A file's line has the CRC-32C of its contents and its bytes; the last line has the one of the lines before it.
package struct BackupManifest: Equatable, Sendable {
    /// The entry's name.
    package static let fileName = "weir-backup.txt"
    private static let title = "weir-backup 1"

    /// A file of the backup.
    package struct File: Equatable, Sendable {
        /// Its path in the data folder.
        package var path: String
        /// Its bytes.
        package var bytes: UInt64
        /// The CRC-32C of its contents.
        package var checksum: UInt32

        /// A file of these values.
        package init(path: String, bytes: UInt64, checksum: UInt32) {
            self.path = path
            self.bytes = bytes
            self.checksum = checksum
        }
    }

    /// When it was made, ISO 8601.
    package var time: String
    /// The version of the gateway that made it.
    package var version: String
    /// The files, in the order of the archive.
    package var files: [File]

    /// A manifest of these values.
    package init(time: String, version: String, files: [File] = []) {
        self.time = time
        self.version = version
        self.files = files
    }

    /// The entry's contents.
    package var text: String {
        var text = "\(BackupManifest.title)\nmade \(self.time) by weir \(self.version)\n"
        for file in self.files { text += "file \(BackupManifest.hex(file.checksum)) \(file.bytes) \(file.path)\n" }
        return text + "checksum \(BackupManifest.hex(CRC32C.checksum(Array(text.utf8))))\n"
    }

    /// Reads an entry's contents; `nil` when they are not exactly what ``text`` writes.
    package init?(reading bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, lines[1].hasPrefix("made ") else { return nil }
        let made = lines[1].dropFirst(5).split(separator: " ", maxSplits: 3)
        guard made.count == 4 else { return nil }
        self.time = String(made[0])
        self.version = String(made[3])
        self.files = []
        for line in lines[2..<(lines.count - 2)] {
            let parts = line.split(separator: " ", maxSplits: 3)
            guard parts.count == 4, parts[0] == "file", let checksum = UInt32(parts[1], radix: 16),
                let bytes = UInt64(parts[2])
            else { return nil }
            self.files.append(File(path: String(parts[3]), bytes: bytes, checksum: checksum))
        }
        guard text == self.text else { return nil }
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
