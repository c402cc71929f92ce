import EventLog
import KafkaProtocol
import NIOCore

/// What a file thread read for one Fetch request.
struct FetchResult: Sendable {
    /// One partition's part.
    struct Part: Sendable {
        var read: FetchPlan.Read
        var error: KafkaError
        var records: ByteBuffer
        var startOffset: Int64
        var endOffset: Int64
    }

    var parts: [Part] = []
    /// Bytes of records.
    var bytes = 0
    /// Bytes taken of the answers' budget for it.
    var reservedBytes: Int

    /// Reads partitions in order, as many bytes as there is room for; blocks.
    ///
    /// The first batch of all is whole, however large (KIP-74); behind that an answer has at most `bytesMax`.
    static func reading(_ reads: [FetchPlan.Read], bytesMax: Int, reservedBytes: Int) -> FetchResult {
        var result = FetchResult(reservedBytes: reservedBytes)
        for read in reads {
            let room = min(read.bytesMax, bytesMax - result.bytes)
            guard result.bytes == 0 || room > 0 else { continue }
            do throws(EventLogError) {
                let part = try read.log.readPartition(
                    read.partition,
                    from: read.offset,
                    maxBytes: max(0, room),
                    isFirstWhole: result.bytes == 0
                )
                result.bytes += part.batches.readableBytes
                result.parts.append(
                    Part(
                        read: read,
                        error: .noError,
                        records: part.batches,
                        startOffset: part.startOffset,
                        endOffset: part.endOffset
                    )
                )
            } catch {
                result.parts.append(
                    Part(read: read, error: error.kafkaError, records: ByteBuffer(), startOffset: -1, endOffset: -1)
                )
            }
        }
        return result
    }
}
