import LogFormat
import NIOCore

extension ByteBuffer {
    mutating func writeText(_ text: String?) {
        guard let text else {
            self.writeInteger(Int16(-1))
            return
        }
        self.writeInteger(Int16(text.utf8.count))
        self.writeString(text)
    }

    /// An int32 count, then what the body writes of each.
    mutating func writeArray<Element>(_ elements: [Element], _ body: (inout ByteBuffer, Element) -> Void) {
        self.writeInteger(Int32(elements.count))
        for element in elements { body(&self, element) }
    }

    mutating func readText() -> String? {
        guard let length = self.readInteger(as: Int16.self), length >= 0 else { return nil }
        return self.readString(length: Int(length))
    }

    mutating func readInt16() -> Int16 { self.readInteger() ?? .min }
    mutating func readInt32() -> Int32 { self.readInteger() ?? .min }
    mutating func readInt64() -> Int64 { self.readInteger() ?? .min }

    /// An int32 length and bytes.
    mutating func readBytesField() -> ByteBuffer {
        let length = self.readInt32()
        return length <= 0 ? ByteBuffer() : self.readSlice(length: Int(length)) ?? ByteBuffer()
    }

    /// A RecordBatch v2 of values without keys, as a producer sends it.
    static func batch(
        _ values: [String],
        producerID: Int64 = -1,
        epoch: Int16 = -1,
        sequence: Int32 = -1
    ) -> ByteBuffer {
        var records = ByteBuffer()
        for (number, value) in values.enumerated() {
            var record: [UInt8] = [0]
            Varint.append(0, to: &record)
            Varint.append(number, to: &record)
            Varint.append(-1, to: &record)
            Varint.append(value.utf8.count, to: &record)
            record.append(contentsOf: value.utf8)
            Varint.append(0, to: &record)
            var length: [UInt8] = []
            Varint.append(record.count, to: &length)
            records.writeBytes(length + record)
        }
        var checked = ByteBuffer()
        checked.writeInteger(Int16(0))
        checked.writeInteger(Int32(values.count - 1))
        checked.writeInteger(Int64(1_795_000_000_000))
        checked.writeInteger(Int64(1_795_000_000_000))
        checked.writeInteger(producerID)
        checked.writeInteger(epoch)
        checked.writeInteger(sequence)
        checked.writeInteger(Int32(values.count))
        checked.writeImmutableBuffer(records)
        var batch = ByteBuffer()
        batch.writeInteger(Int64(0))
        batch.writeInteger(Int32(checked.readableBytes + 9))
        batch.writeInteger(Int32(-1))
        batch.writeInteger(Int8(2))
        batch.writeInteger(CRC32C.checksum(Array(checked.readableBytesView)))
        batch.writeImmutableBuffer(checked)
        return batch
    }
}
