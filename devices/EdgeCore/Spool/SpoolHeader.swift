/// The first bytes of a spool file: whose readings are in it.
package struct SpoolHeader: Equatable, Sendable {
    package var segment: UInt64
    package var epoch: UInt32
    package var boot: BootID
    /// Milliseconds from boot time to wall time; `nil` when it was not known as the file was made.
    package var offset: Int64?

    package init(segment: UInt64, epoch: UInt32, boot: BootID, offset: Int64?) {
        self.segment = segment
        self.epoch = epoch
        self.boot = boot
        self.offset = offset
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(SpoolFormat.headerBytes)
        LittleEndian.append(SpoolFormat.magic, to: &bytes)
        LittleEndian.append(self.segment, to: &bytes)
        LittleEndian.append(UInt64(self.epoch), to: &bytes)
        LittleEndian.append(self.boot.high, to: &bytes)
        LittleEndian.append(self.boot.low, to: &bytes)
        LittleEndian.append(self.offset ?? SpoolFormat.offsetUnknown, to: &bytes)
        LittleEndian.append(UInt64(0), to: &bytes)
        LittleEndian.append(UInt64(CRC32C.of(bytes, in: 0..<56)), to: &bytes)
        return bytes
    }

    /// Reads the beginning of a file; `nil` when it is none of ours, of another version, or damaged.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count >= SpoolFormat.headerBytes,
            LittleEndian.load(UInt64.self, from: bytes, at: 0) == SpoolFormat.magic,
            LittleEndian.load(UInt64.self, from: bytes, at: 56) == UInt64(CRC32C.of(bytes, in: 0..<56)),
            let epoch = UInt32(exactly: LittleEndian.load(UInt64.self, from: bytes, at: 16))
        else { return nil }
        let offset = LittleEndian.load(Int64.self, from: bytes, at: 40)
        self.init(
            segment: LittleEndian.load(UInt64.self, from: bytes, at: 8),
            epoch: epoch,
            boot: BootID(
                high: LittleEndian.load(UInt64.self, from: bytes, at: 24),
                low: LittleEndian.load(UInt64.self, from: bytes, at: 32)
            ),
            offset: offset == SpoolFormat.offsetUnknown ? nil : offset
        )
    }
}
