internal import EventLog
internal import HubProtocol
internal import LogFormat
internal import NIOCore

/// Looks for events of the outbox in the log. Blocks on the disk.
enum OutboxScan {
    private static let readBytes = 1 << 20

    /// The last event in each partition of a topic.
    ///
    /// - Parameters:
    ///   - topic: the topic.
    ///   - offsets: per partition where to begin; one that is not there (any more) is taken for the nearest that is.
    /// - Returns: The marks, or why the topic cannot be read.
    static func marks(in topic: LogTopic, from offsets: [Int64]) -> Result<OutboxMarks, HubError> {
        var marks = OutboxMarks(partitionCount: topic.partitionCount)
        do {
            for partition in 0..<topic.partitionCount {
                let (start, end) = (topic.startOffsets[partition], topic.endOffsets[partition])
                let known = partition < offsets.count ? offsets[partition] : 0
                var offset = min(max(known, start), max(start, end))
                while offset < end {
                    let read = try topic.readPartition(
                        partition,
                        from: offset,
                        maxBytes: OutboxScan.readBytes,
                        isFirstWhole: true
                    )
                    var batches = RecordBatches(read.batches)
                    while let records = try batches.next() {
                        for record in records {
                            guard let text = record.headers.first(named: OutboxRow.numberHeader),
                                let number = Int64(String(buffer: text))
                            else { continue }
                            marks.note(number, partition: partition)
                        }
                    }
                    guard read.nextOffset > offset else { break }
                    offset = read.nextOffset
                }
            }
        } catch {
            return .failure(HubError(.serverError, "topic \(topic.name) cannot be read: \(error)"))
        }
        return .success(marks)
    }
}
