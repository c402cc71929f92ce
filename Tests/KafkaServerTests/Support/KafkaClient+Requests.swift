import KafkaProtocol
import LogFormat
import NIOCore

/// What a producer is answered about one partition.
struct Produced: Equatable {
    var error: Int16
    var baseOffset: Int64
}

/// What a consumer is answered about one partition.
struct Fetched: Equatable {
    var error: Int16
    var highWatermark: Int64
    var startOffset: Int64
    var values: [String]
    var bytes: Int
}

extension KafkaClient {
    static func produceBody(_ topic: String, _ partition: Int32, _ batch: ByteBuffer, acks: Int16 = -1) -> ByteBuffer {
        var body = ByteBuffer()
        body.writeText(nil)
        body.writeInteger(acks)
        body.writeInteger(Int32(30_000))
        body.writeArray([topic]) { body, topic in
            body.writeText(topic)
            body.writeArray([partition]) { body, partition in
                body.writeInteger(partition)
                body.writeInteger(Int32(batch.readableBytes))
                body.writeImmutableBuffer(batch)
            }
        }
        return body
    }

    static func produced(_ answer: ByteBuffer) -> Produced {
        var answer = answer
        _ = answer.readInt32()
        _ = answer.readText()
        _ = answer.readInt32()
        _ = answer.readInt32()
        return Produced(error: answer.readInt16(), baseOffset: answer.readInt64())
    }

    /// Produce v8 of one batch.
    func produce(_ topic: String, partition: Int32 = 0, _ batch: ByteBuffer) async throws -> Produced {
        Self.produced(try await self.call(.produce, 8, Self.produceBody(topic, partition, batch)))
    }

    static func fetchBody(
        _ topic: String,
        partition: Int32 = 0,
        from offset: Int64,
        wait: Int32,
        bytesMin: Int32 = 1,
        bytesMax: Int32 = 50 << 20,
        session: Int32 = 0,
        epoch: Int32 = -1
    ) -> ByteBuffer {
        var body = ByteBuffer()
        body.writeInteger(Int32(-1))
        body.writeInteger(wait)
        body.writeInteger(bytesMin)
        body.writeInteger(bytesMax)
        body.writeInteger(Int8(0))
        body.writeInteger(session)
        body.writeInteger(Int32(-1))
        body.writeArray([topic]) { body, topic in
            body.writeText(topic)
            body.writeArray([partition]) { body, partition in
                body.writeInteger(partition)
                body.writeInteger(epoch)
                body.writeInteger(offset)
                body.writeInteger(Int64(-1))
                body.writeInteger(Int32(1 << 20))
            }
        }
        body.writeInteger(Int32(0))
        body.writeText("")
        return body
    }

    /// Fetch v11 of many partitions, each from its start.
    static func fetchBody(
        _ topics: [(name: String, partitions: [Int32])],
        wait: Int32,
        bytesMin: Int32 = 1
    ) -> ByteBuffer {
        var body = ByteBuffer()
        body.writeInteger(Int32(-1))
        body.writeInteger(wait)
        body.writeInteger(bytesMin)
        body.writeInteger(Int32(50 << 20))
        body.writeInteger(Int8(0))
        body.writeInteger(Int32(0))
        body.writeInteger(Int32(-1))
        body.writeArray(topics) { body, topic in
            body.writeText(topic.name)
            body.writeArray(topic.partitions) { body, partition in
                body.writeInteger(partition)
                body.writeInteger(Int32(-1))
                body.writeInteger(Int64(0))
                body.writeInteger(Int64(-1))
                body.writeInteger(Int32(1 << 20))
            }
        }
        body.writeInteger(Int32(0))
        body.writeText("")
        return body
    }

    static func fetched(_ answer: ByteBuffer) throws -> Fetched {
        var answer = answer
        _ = answer.readInt32()
        let error = answer.readInt16()
        _ = answer.readInt32()
        guard error == 0 else {
            return Fetched(error: error, highWatermark: -1, startOffset: -1, values: [], bytes: 0)
        }
        _ = answer.readInt32()
        _ = answer.readText()
        _ = answer.readInt32()
        _ = answer.readInt32()
        let partitionError = answer.readInt16()
        let highWatermark = answer.readInt64()
        _ = answer.readInt64()
        let startOffset = answer.readInt64()
        _ = answer.readInt32()
        _ = answer.readInt32()
        var records = answer.readBytesField()
        let bytes = records.readableBytes
        var values: [String] = []
        while let length = records.getInteger(at: records.readerIndex + 8, as: Int32.self),
            let batch = records.readSlice(length: Int(length) + 12)
        {
            var reader = try RecordBatchReader(batch)
            values += try reader.remaining().map { String(buffer: $0.value) }
        }
        return Fetched(
            error: partitionError,
            highWatermark: highWatermark,
            startOffset: startOffset,
            values: values,
            bytes: bytes
        )
    }

    /// Fetch v11 of one partition.
    func fetch(
        _ topic: String,
        partition: Int32 = 0,
        from offset: Int64,
        wait: Int32 = 0,
        bytesMin: Int32 = 1,
        bytesMax: Int32 = 50 << 20
    ) async throws -> Fetched {
        let body = Self.fetchBody(
            topic,
            partition: partition,
            from: offset,
            wait: wait,
            bytesMin: bytesMin,
            bytesMax: bytesMax
        )
        return try Self.fetched(try await self.call(.fetch, 11, body))
    }

    /// CreateTopics v4 of one topic; returns the error.
    func createTopic(
        _ name: String,
        partitions: Int32 = 1,
        replication: Int16 = 1,
        configs: [(String, String)] = []
    ) async throws -> Int16 {
        var body = ByteBuffer()
        body.writeArray([name]) { body, name in
            body.writeText(name)
            body.writeInteger(partitions)
            body.writeInteger(replication)
            body.writeInteger(Int32(0))
            body.writeArray(configs) { body, config in
                body.writeText(config.0)
                body.writeText(config.1)
            }
        }
        body.writeInteger(Int32(30_000))
        body.writeInteger(UInt8(0))
        var answer = try await self.call(.createTopics, 4, body)
        _ = answer.readInt32()
        _ = answer.readInt32()
        _ = answer.readText()
        return answer.readInt16()
    }

    /// DeleteTopics v3 of one topic; returns the error.
    func deleteTopic(_ name: String) async throws -> Int16 {
        var body = ByteBuffer()
        body.writeArray([name]) { $0.writeText($1) }
        body.writeInteger(Int32(30_000))
        var answer = try await self.call(.deleteTopics, 3, body)
        _ = answer.readInt32()
        _ = answer.readInt32()
        _ = answer.readText()
        return answer.readInt16()
    }

    /// ListOffsets v5 of one partition: error, timestamp, offset.
    func listOffset(_ topic: String, partition: Int32 = 0, at time: Int64) async throws -> (Int16, Int64, Int64) {
        var body = ByteBuffer()
        body.writeInteger(Int32(-1))
        body.writeInteger(Int8(0))
        body.writeArray([topic]) { body, topic in
            body.writeText(topic)
            body.writeArray([partition]) { body, partition in
                body.writeInteger(partition)
                body.writeInteger(Int32(-1))
                body.writeInteger(time)
            }
        }
        var answer = try await self.call(.listOffsets, 5, body)
        _ = answer.readInt32()
        _ = answer.readInt32()
        _ = answer.readText()
        _ = answer.readInt32()
        _ = answer.readInt32()
        return (answer.readInt16(), answer.readInt64(), answer.readInt64())
    }

    /// Metadata v1 of all topics: host, port, and error and name of each topic.
    func metadata(_ topics: [String]? = nil) async throws -> (host: String, port: Int32, topics: [String: Int16]) {
        var body = ByteBuffer()
        if let topics { body.writeArray(topics) { $0.writeText($1) } } else { body.writeInteger(Int32(-1)) }
        var answer = try await self.call(.metadata, 1, body)
        _ = answer.readInt32()
        _ = answer.readInt32()
        let host = answer.readText() ?? ""
        let port = answer.readInt32()
        _ = answer.readText()
        _ = answer.readInt32()
        var found: [String: Int16] = [:]
        for _ in 0..<max(0, answer.readInt32()) {
            let error = answer.readInt16()
            let name = answer.readText() ?? ""
            _ = answer.readInteger(as: UInt8.self)
            for _ in 0..<max(0, answer.readInt32()) {
                _ = answer.readBytes(length: 10)
                for _ in 0..<2 { _ = answer.readBytes(length: 4 * Int(answer.readInt32())) }
            }
            found[name] = error
        }
        return (host, port, found)
    }
}
