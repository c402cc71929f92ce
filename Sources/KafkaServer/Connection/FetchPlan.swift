import EventLog
import KafkaProtocol
import NIOCore

/// A Fetch request as far as it is answered: each partition has an error, is at its end, or is to be read.
struct FetchPlan {
    /// One partition to read.
    struct Read: Sendable {
        /// Its places in the answer.
        var topicIndex: Int
        var partitionIndex: Int
        var log: LogTopic
        var partition: Int
        var offset: Int64
        /// What the client takes of it.
        var bytesMax: Int
    }

    /// What a look at the partitions found.
    enum Outlook: Equatable {
        /// Some partition has an error: answer at once.
        case hasError
        /// Some partition has records.
        case hasRecords
        /// All are at their ends.
        case atEnd
    }

    /// The answer, with errors and ends filled in.
    private(set) var topics: [FetchAnswer.Topic]
    /// The partitions without an error.
    private var candidates: [Read] = []
    private(set) var outlook = Outlook.atEnd

    /// A plan for a request; `find` says where a topic is, or why it is not read.
    ///
    /// A partition counts once, where it is named first: each costs a read.
    init(_ request: FetchRequest, _ find: (String) throws(KafkaError) -> LogTopic) {
        self.topics = []
        self.topics.reserveCapacity(request.topics.count)
        var named = NamedPartitions()
        for topic in request.topics {
            let asked = topic.partitions.filter { named.name(topic.name, $0.partition) }
            guard !asked.isEmpty else { continue }
            let topicIndex = self.topics.count
            var log: LogTopic?
            var failure = KafkaError.unknownTopicOrPartition
            do throws(KafkaError) {
                log = try find(topic.name)
            } catch {
                failure = error
            }
            var partitions: [FetchAnswer.Partition] = []
            partitions.reserveCapacity(asked.count)
            for (partitionIndex, partition) in asked.enumerated() {
                let error = FetchPlan.error(of: partition, in: log) ?? (log == nil ? failure : nil)
                partitions.append(FetchAnswer.Partition(partition: partition.partition, error: error ?? .noError))
                guard error == nil, let log else { continue }
                self.candidates.append(
                    Read(
                        topicIndex: topicIndex,
                        partitionIndex: partitionIndex,
                        log: log,
                        partition: Int(partition.partition),
                        offset: partition.fetchOffset,
                        bytesMax: max(0, Int(partition.bytesMax))
                    )
                )
            }
            self.topics.append(FetchAnswer.Topic(name: topic.name, partitions: partitions))
        }
        self.look()
    }

    /// The topics that are waited for.
    var logs: [LogTopic] {
        var logs: [LogTopic] = []
        for read in self.candidates where !logs.contains(where: { $0 === read.log }) { logs.append(read.log) }
        return logs
    }

    /// Whether no partition is asked for.
    var isEmpty: Bool { self.topics.isEmpty }

    /// The ends of the partitions without an error, as they were at the last look.
    var ends: [Int64] {
        self.candidates.map { self.topics[$0.topicIndex].partitions[$0.partitionIndex].highWatermark }
    }

    /// What is to be read, beginning with another partition at each turn, so that none starves behind the others.
    func reads(turn: Int) -> [Read] {
        let reads = self.candidates.filter { read in
            read.offset < self.topics[read.topicIndex].partitions[read.partitionIndex].highWatermark
        }
        guard reads.count > 1 else { return reads }
        let first = turn % reads.count
        return Array(reads[first...] + reads[..<first])
    }

    /// Looks at the ends of all partitions again.
    mutating func look() {
        var hasError = false
        var hasRecords = false
        var last: (log: LogTopic, starts: [Int64], ends: [Int64])?
        for read in self.candidates {
            let (starts, ends): ([Int64], [Int64])
            if let last, last.log === read.log {
                (starts, ends) = (last.starts, last.ends)
            } else {
                // Starts first: they only grow, so that no start is seen behind its end.
                (starts, ends) = (read.log.startOffsets, read.log.endOffsets)
                last = (read.log, starts, ends)
            }
            let (start, end) = (starts[read.partition], ends[read.partition])
            var error = KafkaError.noError
            if read.log.status == .closed {
                error = .unknownTopicOrPartition
            } else if read.offset < start || read.offset > end {
                error = .offsetOutOfRange
            }
            self.set(read) { partition in
                partition.error = error
                partition.highWatermark = end
                partition.logStartOffset = start
            }
            hasError = hasError || error != .noError
            hasRecords = hasRecords || error == .noError && read.offset < end
        }
        hasError = hasError || self.topics.contains { $0.partitions.contains { $0.error != .noError } }
        self.outlook = hasError ? .hasError : hasRecords ? .hasRecords : .atEnd
    }

    /// Fills in what was read.
    mutating func fill(_ result: FetchResult) {
        for part in result.parts {
            self.set(part.read) { partition in
                partition.error = part.error
                if part.error == .noError {
                    partition.highWatermark = part.endOffset
                    partition.logStartOffset = part.startOffset
                    partition.records = part.records
                }
            }
        }
    }

    private mutating func set(_ read: Read, _ body: (inout FetchAnswer.Partition) -> Void) {
        body(&self.topics[read.topicIndex].partitions[read.partitionIndex])
    }

    private static func error(of partition: FetchRequest.Partition, in log: LogTopic?) -> KafkaError? {
        guard let log else { return nil }
        guard (0..<Int32(log.partitionCount)).contains(partition.partition) else { return .unknownTopicOrPartition }
        return LeaderEpoch.error(of: partition.currentLeaderEpoch)
    }
}

/// The only leader epoch there is. Contract kafka §6, §7.
enum LeaderEpoch {
    static let current: Int32 = 0

    /// What a client that believes in another one is told.
    static func error(of epoch: Int32) -> KafkaError? {
        if epoch == -1 || epoch == self.current { return nil }
        return epoch > self.current ? .unknownLeaderEpoch : .fencedLeaderEpoch
    }
}
