/// What the numbers of a snapshot rest on.
package struct SnapshotHeader: Equatable, Sendable {
    /// A place in the log.
    package struct Place: Equatable, Sendable {
        package var segment: UInt64
        package var byte: UInt64

        /// A place.
        package init(segment: UInt64, byte: UInt64) {
            self.segment = segment
            self.byte = byte
        }
    }

    /// Of the devices' keys.
    package var secret: SipHash.Key
    /// All records before it are in the snapshot; a start reads the log from here on.
    package var from: Place
    /// No record behind it is: a log that ends before is not the one the snapshot was made of.
    package var upTo: Place

    /// A header.
    package init(secret: SipHash.Key, from: Place, upTo: Place) {
        self.secret = secret
        self.from = from
        self.upTo = upTo
    }

    private static let magic: UInt64 = 0x424D_554E_5249_4557
    private static let version: UInt32 = 1

    func write(to bytes: inout [UInt8]) {
        bytes.append(integer: SnapshotHeader.magic)
        bytes.append(integer: SnapshotHeader.version)
        for number in [
            self.secret.low, self.secret.high, self.from.segment, self.from.byte, self.upTo.segment, self.upTo.byte,
        ] { bytes.append(integer: number) }
    }

    init(reading reader: inout SnapshotBytes) throws(SnapshotBlock.Fault) {
        guard try reader.integer(UInt64.self) == SnapshotHeader.magic else { throw .damaged }
        let version = try reader.integer(UInt32.self)
        guard version == SnapshotHeader.version else { throw .version(version) }
        self.secret = SipHash.Key(low: try reader.integer(UInt64.self), high: try reader.integer(UInt64.self))
        self.from = Place(segment: try reader.integer(UInt64.self), byte: try reader.integer(UInt64.self))
        self.upTo = Place(segment: try reader.integer(UInt64.self), byte: try reader.integer(UInt64.self))
    }
}
