import EventLog
import KafkaProtocol
import LogFormat
import NIOCore

/// What a file thread read for one Fetch request.
struct FetchResult: Sendable {
    /// One partition's part.
    struct Part: Sendable {
        var read: FetchPlan.Read
        var error: KafkaError
        var records: ByteBuffer
        /// Behind the last record.
        var nextOffset: Int64
        var startOffset: Int64
        var endOffset: Int64
    }

    /// How long one Fetch may keep a file thread when it has something to answer.
    static let turn = TimeAmount.milliseconds(50)

    var parts: [Part] = []
    /// Bytes of records.
    var bytes = 0
    /// Bytes taken of the answers' budget for it.
    var reservedBytes: Int

    /// Records, and what lies between them.
    var recordCount: Int { self.parts.reduce(0) { $0 + Int(clamping: $1.nextOffset - $1.read.offset) } }

    /// Whether records are left: behind what was read, or in partitions that were not.
    var leavesMore = false

    /// Reads partitions in order, as many bytes as there is room for; blocks.
    ///
    /// - The first batch of all is whole, however large (KIP-74); behind that an answer has at most `bytesMax`.
    /// - When the turn is over and there are records, the other partitions are left for the next answer.
    static func reading(
        _ reads: [FetchPlan.Read],
        bytesMax: Int,
        reservedBytes: Int,
        turn: TimeAmount = FetchResult.turn
    ) -> FetchResult {
        var result = FetchResult(reservedBytes: reservedBytes)
        let began = NIODeadline.now()
        for read in reads {
            let room = min(read.bytesMax, bytesMax - result.bytes)
            // No batch is smaller than its header.
            guard result.bytes == 0 || room > RecordBatchHeader.size && .now() - began < turn else {
                result.leavesMore = true
                continue
            }
            do throws(EventLogError) {
                let part = try read.log.readPartition(
                    read.partition,
                    from: read.offset,
                    maxBytes: max(0, room),
                    isFirstWhole: result.bytes == 0
                )
                result.bytes += part.batches.readableBytes
                result.leavesMore = result.leavesMore || part.nextOffset < part.endOffset
                result.parts.append(
                    Part(
                        read: read,
                        error: .noError,
                        records: part.batches,
                        nextOffset: part.nextOffset,
                        startOffset: part.startOffset,
                        endOffset: part.endOffset
                    )
                )
            } catch {
                result.parts.append(
                    Part(
                        read: read,
                        error: error.kafkaError,
                        records: ByteBuffer(),
                        nextOffset: read.offset,
                        startOffset: -1,
                        endOffset: -1
                    )
                )
            }
        }
        return result
    }
}
