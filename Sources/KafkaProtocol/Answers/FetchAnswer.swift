package import NIOCore

/// Batches as they lie on disk. Source: contracts/kafka.md §3, §6.
///
/// Always without session, aborted transactions and preferred replica; the last stable offset is the high watermark.
package struct FetchAnswer: KafkaAnswer {
    /// What was read of one topic.
    package struct Topic: Equatable, Sendable {
        package var name: String
        package var partitions: [Partition]

        /// What was read of one topic.
        package init(name: String, partitions: [Partition]) {
            self.name = name
            self.partitions = partitions
        }
    }

    /// What was read of one partition.
    package struct Partition: Equatable, Sendable {
        package var partition: Int32
        package var error: KafkaError
        /// End of the synced log; -1: not known.
        package var highWatermark: Int64
        /// -1: not known. Version 5 on.
        package var logStartOffset: Int64
        /// Whole batches, their frames left out; empty when there is nothing.
        package var records: ByteBuffer

        /// What was read; the defaults are those of an error.
        package init(
            partition: Int32,
            error: KafkaError,
            highWatermark: Int64 = -1,
            logStartOffset: Int64 = -1,
            records: ByteBuffer = ByteBuffer()
        ) {
            self.partition = partition
            self.error = error
            self.highWatermark = highWatermark
            self.logStartOffset = logStartOffset
            self.records = records
        }
    }

    /// Records of up to this many bytes are copied between the fields: that is less work than one more piece.
    package static let copiedBytesMax = 4_096

    /// An error of the whole request; below version 7 it cannot be told.
    package var error: KafkaError
    package var topics: [Topic]

    /// An answer.
    package init(error: KafkaError = .noError, topics: [Topic]) {
        self.error = error
        self.topics = topics
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        self.writeFields(to: &buffer, version: version) { $0.writeImmutableBuffer($1) }
    }

    /// The whole frame in pieces, to be written one after the other and flushed once.
    ///
    /// Records above ``copiedBytesMax`` are pieces of their own, not copied; all else is in slices of one small buffer.
    package func frame(
        correlationID: Int32,
        version: Int16,
        allocator: ByteBufferAllocator = ByteBufferAllocator()
    ) -> [ByteBuffer] {
        var fields = allocator.buffer(capacity: 256)
        fields.writeInteger(Int32(0))
        fields.writeInteger(correlationID)
        var inserted: [(place: Int, records: ByteBuffer)] = []
        var insertedBytes = 0
        self.writeFields(to: &fields, version: version) { buffer, records in
            guard records.readableBytes > FetchAnswer.copiedBytesMax else {
                buffer.writeImmutableBuffer(records)
                return
            }
            inserted.append((place: buffer.writerIndex, records: records))
            insertedBytes += records.readableBytes
        }
        let length = fields.writerIndex + insertedBytes - KafkaFrameDecoder.lengthBytes
        fields.setInteger(Int32(clamping: length), at: 0)
        var pieces: [ByteBuffer] = []
        pieces.reserveCapacity(inserted.count * 2 + 1)
        for (place, records) in inserted {
            if let slice = fields.readSlice(length: place - fields.readerIndex) { pieces.append(slice) }
            pieces.append(records)
        }
        if fields.readableBytes > 0 { pieces.append(fields) }
        return pieces
    }

    private func writeFields(
        to buffer: inout ByteBuffer,
        version: Int16,
        records write: (inout ByteBuffer, ByteBuffer) -> Void
    ) {
        buffer.writeThrottle()
        if version >= 7 {
            buffer.writeError(self.error)
            buffer.writeInteger(Int32(0))  // session id: none
        }
        buffer.writeKafkaArray(self.topics) { buffer, topic in
            buffer.writeKafkaString(topic.name)
            buffer.writeKafkaArray(topic.partitions) { buffer, partition in
                partition.writeFields(to: &buffer, version: version)
                buffer.writeInteger(Int32(clamping: partition.records.readableBytes))
                write(&buffer, partition.records)
            }
        }
    }
}

extension FetchAnswer.Partition {
    fileprivate func writeFields(to buffer: inout ByteBuffer, version: Int16) {
        buffer.writeInteger(self.partition)
        buffer.writeError(self.error)
        buffer.writeInteger(self.highWatermark)
        buffer.writeInteger(self.highWatermark)  // last stable offset
        if version >= 5 { buffer.writeInteger(self.logStartOffset) }
        buffer.writeInteger(Int32(-1))  // aborted transactions: null
        if version >= 11 { buffer.writeInteger(Int32(-1)) }  // preferred read replica: none
    }
}
