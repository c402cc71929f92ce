/// The spool's files: names, sizes and the layout of their bytes. All numbers are little-endian.
///
/// ```
/// spool/0000000000000042.seg       one epoch, so one boot; never more than one is appended to
///
/// ┌ header, 64 bytes ─────────────────────────────────────────────────────────────────────┐
/// │ 0 "WEIRSPL" and version 1 │ 8 number │ 16 epoch │ 24 boot id, 16 bytes │ 40 offset     │
/// │ 48 zero │ 56 CRC-32C of bytes 0..<56, in 8 bytes                                        │
/// ├ record, 8 bytes and its payload ─────────────────────────────────────────────────────┤
/// │ 0 CRC-32C of all that follows in the record │ 4 length of payload, 16 bits             │
/// │ 6 type: 1 reading, 3 dropped │ 7 flags                                                 │
/// │   reading: number 64 bits, boot milliseconds 64 bits, body                             │
/// │            flags: 1 a parcel begins here, 2 was sent, high four bits the kind          │
/// │   dropped: ranges not yet reported, each epoch, first, last as 64 bits; the newest     │
/// │            record of this type holds for all files                                      │
/// ├ record … ─────────────────────────────────────────────────────────────────────────────┤
/// └ the end of the file, or what a power cut left: bytes that are no record ──────────────┘
/// ```
/// `offset` is wall time minus boot time, milliseconds, as known when the file was made; `Int64.min` for not known. The newest
/// file of a boot that has one dates all readings of that boot.
///
/// **Parcels** are not stored, they follow: a reading joins the one before it when it is in the same file, has the next
/// number and the same kind, does not begin a parcel, was sent or not like it, and the parcel has room. Readings that
/// were not sent moreover part where `number / 64` changes and at 128 KiB of bodies.
package enum SpoolFormat {
    package static let headerBytes = 64
    package static let recordHeadBytes = 8
    /// Number and time before a reading's body.
    package static let readingHeadBytes = 16
    /// Longest body of a reading, bytes: the record's length has 16 bits.
    package static let bodyMaxBytes = 65_535 - readingHeadBytes
    /// A file that is longer takes no further record.
    package static let segmentSizeBytes = 262_144
    /// Bodies of a parcel that was not sent before, bytes: half of what a hub takes in a message.
    package static let parcelMaxBytes = 131_072
    package static let offsetUnknown = Int64.min

    static let magic: UInt64 = 0x014C_5053_5249_4557  // "WEIRSPL" and the version

    static let typeReading: UInt8 = 1
    static let typeDropped: UInt8 = 3
    static let flagBegins: UInt8 = 1
    static let flagWasSent: UInt8 = 2

    /// The file of a segment.
    package static func name(of segment: UInt64) -> String {
        let digits = String(segment)
        return String(repeating: "0", count: max(0, 16 - digits.utf8.count)) + digits + ".seg"
    }

    /// The segment of a file; `nil` for names of other files.
    package static func segment(named name: String) -> UInt64? {
        guard name.hasSuffix(".seg"), let number = UInt64(name.dropLast(4)), self.name(of: number) == name else {
            return nil
        }
        return number
    }
}
