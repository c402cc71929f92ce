/// Why the log cannot do what was asked; every one says what to do.
package enum EventLogError: Error, Equatable, Sendable {
    /// The folder, or a file in it, cannot be made, read or written.
    case file(LogFileError)
    /// Another process has the folder open.
    case inUse(directory: String)
    /// The name is not one a topic may have.
    case invalidTopicName(String)
    /// A count outside 1 to 32, or another one than the topic was made with.
    case invalidPartitionCount(topic: String, asked: Int, existing: Int?)
    /// A topic of the name is there already.
    case topicExists(String)
    /// No topic has the name.
    case unknownTopic(String)
    /// As many topics as may be are there.
    case tooManyTopics(limit: Int)
    /// Settings that a topic cannot have.
    case invalidSettings(topic: String, detail: String)
    /// Bytes that had been synced are damaged or missing: the topic does not open, nothing was changed.
    case topicDamaged(topic: String, file: String, byte: UInt64, detail: String)
    /// Stored bytes read back wrong; other parts of the topic can be read.
    case readDamaged(file: String, byte: UInt64, detail: String)
    /// A write or sync of the topic failed; it takes nothing until it is reopened.
    case fenced(topic: String, reason: String)
    /// The disk is full; the topic takes nothing until it is reopened, which the disk guard does when there is room.
    case diskFull(topic: String, reason: String)
    /// The disk is nearly full; nothing is taken until so many bytes are free.
    case diskNearlyFull(topic: String, freeBytes: UInt64, neededBytes: UInt64)
    /// The log was closed.
    case closed(topic: String)
    /// The bound on unsynced bytes is reached; try again after the next sync.
    case backedUp(topic: String)
    /// One record is over the limit.
    case recordTooLarge(bytes: Int, limit: Int)
    /// A partition that the topic does not have.
    case unknownPartition(topic: String, partition: Int, count: Int)
    /// An offset outside what the partition holds.
    case offsetOutOfRange(partition: Int, offset: Int64, start: Int64, end: Int64)
    /// A position outside what the topic holds, or not at a stored batch.
    case positionOutOfRange(LogPosition, earliest: LogPosition, end: LogPosition)

    /// Whether the same call can succeed later without anyone doing something.
    package var isRetryable: Bool {
        switch self {
        case .backedUp: true
        case .file, .inUse, .invalidTopicName, .invalidPartitionCount, .topicExists, .unknownTopic, .tooManyTopics,
            .invalidSettings, .topicDamaged, .readDamaged, .fenced, .diskFull, .diskNearlyFull, .closed,
            .recordTooLarge, .unknownPartition, .offsetOutOfRange, .positionOutOfRange:
            false
        }
    }

    /// Whether room on the disk is what is missing.
    package var isDiskFull: Bool {
        switch self {
        case .diskFull, .diskNearlyFull: true
        case .file(let error): error.isDiskFull
        case .inUse, .invalidTopicName, .invalidPartitionCount, .topicExists, .unknownTopic, .tooManyTopics,
            .invalidSettings, .topicDamaged, .readDamaged, .fenced, .closed, .backedUp, .recordTooLarge,
            .unknownPartition, .offsetOutOfRange, .positionOutOfRange:
            false
        }
    }
}

extension EventLogError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let error) where error.isDiskFull:
            "\(error): the disk is full; free space and start again"
        case .file(let error):
            "\(error): check that the folder exists, is on a healthy disk and belongs to the gateway's user"
        case .inUse(let directory):
            "\(directory) is in use by another process: stop the other gateway, or give this one its own data folder"
        case .invalidTopicName(let name):
            "topic name \"\(name)\": use 1 to 249 of A–Z a–z 0–9 . _ -"
        case .invalidPartitionCount(let topic, let asked, let existing?):
            "topic \(topic) has \(existing) partitions, not \(asked): the number is fixed when a topic is made"
        case .invalidPartitionCount(let topic, let asked, nil):
            "topic \(topic): \(asked) partitions asked, 1 to 32 are possible"
        case .topicExists(let topic):
            "topic \(topic) exists already: use it, or choose another name"
        case .unknownTopic(let topic):
            "there is no topic \(topic): make it first, or ask for the list of topics"
        case .tooManyTopics(let limit):
            "there are \(limit) topics already, which is the limit: delete one that is not used"
        case .invalidSettings(let topic, let detail):
            "topic \(topic) cannot be set so: \(detail)"
        case .topicDamaged(let topic, let file, let byte, let detail):
            "topic \(topic) is damaged: \(file), byte \(byte): \(detail). Nothing was changed or cut. Restore the file "
                + "from a backup, or move the topic's folder away to start it empty"
        case .readDamaged(let file, let byte, let detail):
            "\(file), byte \(byte): \(detail). The records there cannot be read; restore the file from a backup"
        case .fenced(let topic, let reason):
            "topic \(topic) is fenced after a failed write: \(reason). Check the disk, then reopen the topic: "
                + "weir topic reopen \(topic)"
        case .diskFull(let topic, let reason):
            "topic \(topic) cannot be written, the disk is full: \(reason). Free space; it is then reopened by itself"
        case .diskNearlyFull(let topic, let freeBytes, let neededBytes):
            "topic \(topic) takes nothing, the disk is nearly full: \(freeBytes) bytes are free, \(neededBytes) are "
                + "needed. Free space; it then goes on by itself"
        case .closed(let topic):
            "topic \(topic) is closed"
        case .backedUp(let topic):
            "topic \(topic) has too many bytes waiting for the disk: try again after the next sync"
        case .recordTooLarge(let bytes, let limit):
            "a record of \(bytes) bytes is over the limit of \(limit): send smaller messages"
        case .unknownPartition(let topic, let partition, let count):
            "topic \(topic) has no partition \(partition): its partitions are 0 to \(count - 1)"
        case .offsetOutOfRange(let partition, let offset, let start, let end):
            "partition \(partition) holds offsets \(start) to \(end - 1), not \(offset): start at the earliest or the end"
        case .positionOutOfRange(let position, let earliest, let end):
            "position \(position) is not one of the topic's: it holds \(earliest) to \(end); start at the earliest"
        }
    }
}
