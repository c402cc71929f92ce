/// One entry's header in a tar archive: ustar, with a pax header before it where ustar's fields are too short.
///
/// ```
///   0 name 100 │ 100 mode 8 │ 108 uid 8 │ 116 gid 8 │ 124 size 12 │ 136 mtime 12 │ 148 checksum 8 │ 156 type │
/// 157 link 100 │ 257 "ustar" 00 "00" │ 265 user 32 │ 297 group 32 │ 329 devices 16 │ 345 prefix 155 │ 500 zeros 12
/// ```
/// Numbers are octal digits. Contents follow, filled with zeros to a block's end; two blocks of zeros end the archive.
/// Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block".
package struct TarHeader: Equatable, Sendable {
    /// What an entry is.
    package enum Kind: Equatable, Sendable {
        /// A file with its contents.
        case file
        /// A folder.
        case directory
        /// Records for the next entry: ``PaxRecords``.
        case extended
        /// Anything else: links, devices, other tools' own.
        case other(UInt8)
    }

    /// Bytes of a header, and what contents are filled up to.
    package static let blockBytes = 512
    /// The largest size that ustar's field can say: eleven octal digits.
    private static let sizeMax: UInt64 = 0o777_7777_7777

    /// The path, relative, parted by `/`.
    package var name: String
    /// Permission bits.
    package var mode: UInt16
    /// Bytes of the contents.
    package var size: UInt64
    /// Seconds since 1970.
    package var modified: UInt64
    /// What it is.
    package var kind: Kind

    /// A header of these values.
    package init(name: String, mode: UInt16, size: UInt64, modified: UInt64, kind: Kind = .file) {
        self.name = name
        self.mode = mode
        self.size = size
        self.modified = modified
        self.kind = kind
    }

    /// Bytes that fill contents of `size` bytes up to a block's end.
    package static func padding(after size: UInt64) -> Int {
        Int((512 - size % 512) % 512)
    }

    /// The header's blocks: one, or three with a pax header for a long name or a large size.
    package var blocks: [UInt8] {
        let split = TarHeader.split(self.name)
        guard split == nil || self.size > TarHeader.sizeMax else {
            return self.block(name: split?.name ?? "", prefix: split?.prefix ?? "", size: self.size, kind: self.kind)
        }
        var records = PaxRecords()
        if split == nil { records.path = self.name }
        if self.size > TarHeader.sizeMax { records.size = self.size }
        let contents = records.bytes
        var bytes = self.block(name: "pax", prefix: "", size: UInt64(contents.count), kind: .extended)
        bytes += contents
        bytes += repeatElement(0, count: TarHeader.padding(after: UInt64(contents.count)))
        let short = split ?? (name: String(self.name.suffix(60)), prefix: "")
        let size = min(self.size, TarHeader.sizeMax)
        return bytes + self.block(name: short.name, prefix: short.prefix, size: size, kind: self.kind)
    }

    /// Reads one block.
    ///
    /// - Returns: the header; `nil` for a block of zeros, which ends the archive.
    /// - Throws: ``TarError`` for anything that is no header.
    package init?(reading block: [UInt8]) throws(TarError) {
        guard block.count == TarHeader.blockBytes else { throw .truncated }
        if block.allSatisfy({ $0 == 0 }) { return nil }
        let stated = try TarHeader.octal(block[148..<156])
        let actual = block.indices.reduce(UInt64(0)) { $0 + UInt64((148..<156).contains($1) ? 0x20 : block[$1]) }
        guard stated == actual, block[257..<262].elementsEqual("ustar".utf8) else { throw .notAnArchive }
        let prefix = try TarHeader.text(block[345..<500])
        let name = try TarHeader.text(block[0..<100])
        self.name = prefix.isEmpty ? name : "\(prefix)/\(name)"
        self.mode = UInt16(truncatingIfNeeded: try TarHeader.octal(block[100..<108]) & 0o777)
        self.size = try TarHeader.octal(block[124..<136])
        self.modified = try TarHeader.octal(block[136..<148])
        switch block[156] {
        case UInt8(ascii: "0"), 0: self.kind = .file
        case UInt8(ascii: "5"): self.kind = .directory
        case UInt8(ascii: "x"): self.kind = .extended
        case let other: self.kind = .other(other)
        }
    }

    private func block(name: String, prefix: String, size: UInt64, kind: Kind) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: TarHeader.blockBytes)
        func write(_ text: some Collection<UInt8>, at index: Int) {
            block.replaceSubrange(index..<(index + text.count), with: text)
        }
        func octal(_ value: UInt64, digits: Int) -> [UInt8] {
            let text = String(value, radix: 8)
            return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
        }
        write(name.utf8, at: 0)
        write(octal(UInt64(self.mode & 0o777), digits: 7), at: 100)
        write(octal(0, digits: 7), at: 108)
        write(octal(0, digits: 7), at: 116)
        write(octal(size, digits: 11), at: 124)
        write(octal(self.modified & TarHeader.sizeMax, digits: 11), at: 136)
        write(repeatElement(0x20, count: 8), at: 148)
        switch kind {
        case .file: block[156] = UInt8(ascii: "0")
        case .directory: block[156] = UInt8(ascii: "5")
        case .extended: block[156] = UInt8(ascii: "x")
        case .other(let type): block[156] = type
        }
        write(Array("ustar\u{0}00".utf8), at: 257)
        write(octal(0, digits: 7), at: 329)
        write(octal(0, digits: 7), at: 337)
        write(prefix.utf8, at: 345)
        let sum = block.reduce(UInt64(0)) { $0 + UInt64($1) }
        write(octal(sum, digits: 6) + [0, 0x20], at: 148)
        return block
    }

    /// The name in ustar's two fields; `nil` when it does not fit.
    private static func split(_ name: String) -> (name: String, prefix: String)? {
        let bytes = Array(name.utf8)
        if bytes.count <= 100 { return (name, "") }
        for slash in bytes.indices.reversed() where bytes[slash] == UInt8(ascii: "/") {
            let rest = bytes.count - slash - 1
            if slash <= 155, (1...100).contains(rest) {
                let prefix = String(decoding: bytes[..<slash], as: UTF8.self)
                return (String(decoding: bytes[(slash + 1)...], as: UTF8.self), prefix)
            }
        }
        return nil
    }

    private static func text(_ field: ArraySlice<UInt8>) throws(TarError) -> String {
        guard let text = String(validating: field.prefix { $0 != 0 }, as: UTF8.self) else { throw .notAnArchive }
        return text
    }

    /// Octal digits, spaces before and a space or zero behind them.
    private static func octal(_ field: ArraySlice<UInt8>) throws(TarError) -> UInt64 {
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
        var value: UInt64 = 0
        for digit in digits {
            guard (0x30...0x37).contains(digit) else { throw .notAnArchive }
            value = value << 3 | UInt64(digit - 0x30)
        }
        return value
    }
}
