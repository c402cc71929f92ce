internal import LogFormat

/// A part of the file that keeps the received numbers over a restart.
///
/// ```
/// file    header │ devices … │ gaps … │ deleted … │ end
/// block   kind u8 │ payload bytes u32 │ payload │ CRC-32C u32 over all before
/// header  magic u64 "WEIRNUMB" │ version u32 │ secret 2 × u64 │ from: segment u64, byte u64 │ upTo: the same
/// device  key 2 × u64 │ ranges u8 │ name bytes u16 │ name │ ranges: first u64, last u64, epoch u32, mark u32
/// gap     reason u8 │ epoch u32 │ first u64 │ last u64 │ name bytes u16 │ name
/// deleted key 2 × u64 │ end: segment u64, byte u64; all bits set: not known yet
/// end     devices u64
/// ```
/// Little-endian. A file without its end, or with one bad byte, is as good as none.
package enum SnapshotBlock: Equatable, Sendable {
    case header(SnapshotHeader)
    case devices([StoredDevice])
    case gaps([ReadingGap])
    /// Devices whose records the log has behind the place that the snapshot covers, and which nobody may be judged by.
    case deleted([DeletedDevice])
    /// The file is complete, and holds so many devices.
    case end(devices: UInt64)

    /// Bytes before the payload.
    package static let headBytes = 5
    /// Bytes behind it.
    package static let tailBytes = 4
    /// Devices of one block.
    package static let devicesMax = 2_048
    private static let payloadBytesMax = 16 << 20

    /// Why bytes are no block.
    package enum Fault: Error, Equatable, Sendable {
        case damaged
        /// Another version of the gateway wrote it.
        case version(UInt32)
    }

    /// Bytes of the payload that a block with this head has.
    package static func payloadBytes(head: [UInt8]) throws(Fault) -> Int {
        var reader = SnapshotBytes(head)
        _ = try reader.integer(UInt8.self)
        let count = Int(try reader.integer(UInt32.self))
        guard count <= SnapshotBlock.payloadBytesMax else { throw .damaged }
        return count
    }

    /// The block with head and sum.
    package var bytes: [UInt8] {
        var payload: [UInt8] = []
        let kind: UInt8
        switch self {
        case .header(let header):
            kind = 1
            header.write(to: &payload)
        case .devices(let devices):
            kind = 2
            for device in devices { device.write(to: &payload) }
        case .gaps(let gaps):
            kind = 3
            for gap in gaps { gap.write(to: &payload) }
        case .deleted(let devices):
            kind = 5
            for device in devices { device.write(to: &payload) }
        case .end(let devices):
            kind = 4
            payload.append(integer: devices)
        }
        var block: [UInt8] = []
        block.reserveCapacity(payload.count + SnapshotBlock.headBytes + SnapshotBlock.tailBytes)
        block.append(kind)
        block.append(integer: UInt32(payload.count))
        block.append(contentsOf: payload)
        block.append(integer: CRC32C.checksum(block))
        return block
    }

    /// Reads a whole block.
    package init(_ bytes: [UInt8]) throws(Fault) {
        let body = Array(bytes.dropLast(SnapshotBlock.tailBytes))
        var tail = SnapshotBytes(Array(bytes.suffix(SnapshotBlock.tailBytes)))
        guard try tail.integer(UInt32.self) == CRC32C.checksum(body) else { throw .damaged }
        var reader = SnapshotBytes(body)
        let kind = try reader.integer(UInt8.self)
        guard Int(try reader.integer(UInt32.self)) == reader.left else { throw .damaged }
        switch kind {
        case 1: self = .header(try SnapshotHeader(reading: &reader))
        case 2:
            var devices: [StoredDevice] = []
            while reader.left > 0 { devices.append(try StoredDevice(reading: &reader)) }
            self = .devices(devices)
        case 3:
            var gaps: [ReadingGap] = []
            while reader.left > 0 { gaps.append(try ReadingGap(reading: &reader)) }
            self = .gaps(gaps)
        case 4: self = .end(devices: try reader.integer(UInt64.self))
        case 5:
            var devices: [DeletedDevice] = []
            while reader.left > 0 { devices.append(try DeletedDevice(reading: &reader)) }
            self = .deleted(devices)
        default: throw .damaged
        }
        guard reader.left == 0 else { throw .damaged }
    }
}

extension StoredDevice {
    fileprivate func write(to bytes: inout [UInt8]) {
        bytes.append(integer: self.key.low)
        bytes.append(integer: self.key.high)
        let ranges = self.ranges.ranges
        bytes.append(UInt8(ranges.count))
        bytes.append(name: self.name ?? "")
        for range in ranges {
            bytes.append(integer: range.first)
            bytes.append(integer: range.last)
            bytes.append(integer: range.epoch)
            bytes.append(integer: range.mark)
        }
    }

    fileprivate init(reading reader: inout SnapshotBytes) throws(SnapshotBlock.Fault) {
        let key = DeviceKey(low: try reader.integer(UInt64.self), high: try reader.integer(UInt64.self))
        let count = Int(try reader.integer(UInt8.self))
        let name = try reader.name()
        var ranges: ContiguousArray<NumberRange> = []
        for _ in 0..<count {
            let first = try reader.integer(UInt64.self)
            let last = try reader.integer(UInt64.self)
            let epoch = try reader.integer(UInt32.self)
            let mark = try reader.integer(UInt32.self)
            guard let range = NumberRange(epoch: epoch, first: first, last: last, mark: mark) else { throw .damaged }
            ranges.append(range)
        }
        guard let ranges = ReceivedRanges(ranges) else { throw .damaged }
        self.init(key: key, ranges: ranges, name: name.isEmpty ? nil : name)
    }
}

extension ReadingGap {
    fileprivate func write(to bytes: inout [UInt8]) {
        bytes.append(self.reason.rawValue)
        bytes.append(integer: self.span.epoch)
        bytes.append(integer: self.span.first)
        bytes.append(integer: self.span.last)
        bytes.append(name: self.device)
    }

    fileprivate init(reading reader: inout SnapshotBytes) throws(SnapshotBlock.Fault) {
        guard let reason = Reason(rawValue: try reader.integer(UInt8.self)) else { throw .damaged }
        let epoch = try reader.integer(UInt32.self)
        let first = try reader.integer(UInt64.self)
        guard let span = ReadingSpan(epoch: epoch, first: first, last: try reader.integer(UInt64.self)) else {
            throw .damaged
        }
        self.init(device: try reader.name(), span: span, reason: reason)
    }
}

extension DeletedDevice {
    /// A place that no log reaches.
    private static let unknown = SnapshotHeader.Place(segment: .max, byte: .max)

    fileprivate func write(to bytes: inout [UInt8]) {
        let end = self.end ?? DeletedDevice.unknown
        for number in [self.key.low, self.key.high, end.segment, end.byte] { bytes.append(integer: number) }
    }

    fileprivate init(reading reader: inout SnapshotBytes) throws(SnapshotBlock.Fault) {
        let key = DeviceKey(low: try reader.integer(UInt64.self), high: try reader.integer(UInt64.self))
        let segment = try reader.integer(UInt64.self)
        let end = SnapshotHeader.Place(segment: segment, byte: try reader.integer(UInt64.self))
        self.init(key: key, end: end == DeletedDevice.unknown ? nil : end)
    }
}
