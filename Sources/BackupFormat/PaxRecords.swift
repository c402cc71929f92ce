/// The records of a pax header that matter here: the next entry's path and size; others are passed over.
///
/// ```
/// 27 path=log/a-long-name/…⏎     the number counts the whole line
/// ```
/// Source: POSIX.1-2017, pax, "pax Header Block".
package struct PaxRecords: Equatable, Sendable {
    /// Bytes of records at most; more are refused.
    package static let bytesMax = 64 << 10

    /// In place of the name in the header.
    package var path: String?
    /// In place of the size in the header.
    package var size: UInt64?

    /// No records.
    package init() {}

    /// The records as they stand in an archive.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        if let path { bytes += PaxRecords.record("path", path) }
        if let size { bytes += PaxRecords.record("size", String(size)) }
        return bytes
    }

    /// Reads the contents of a pax header.
    package init(reading bytes: [UInt8]) throws(TarError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let space = rest.firstIndex(of: 0x20),
                let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
                length > space - rest.startIndex + 1, length <= rest.count,
                rest[rest.startIndex + length - 1] == 0x0A
            else { throw .notAnArchive }
            let line = rest[(space + 1)..<(rest.startIndex + length - 1)]
            rest = rest[(rest.startIndex + length)...]
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")),
                let value = String(validating: line[(equals + 1)...], as: UTF8.self)
            else { throw .notAnArchive }
            if line[..<equals].elementsEqual("path".utf8) { self.path = value }
            if line[..<equals].elementsEqual("size".utf8) {
                guard let size = UInt64(value) else { throw .notAnArchive }
                self.size = size
            }
        }
    }

    private static func record(_ name: String, _ value: String) -> [UInt8] {
        let rest = " \(name)=\(value)\n".utf8.count
        var length = rest + 1
        while String(length).utf8.count + rest != length { length += 1 }
        return Array("\(length) \(name)=\(value)\n".utf8)
    }
}
