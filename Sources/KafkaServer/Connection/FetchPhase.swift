import KafkaProtocol
import NIOCore

/// How far a connection's Fetch request is; it has one at a time.
enum FetchPhase {
    /// A request that is not answered yet.
    struct Job {
        let handle: KafkaConnection.RequestHandle
        var plan: FetchPlan
        /// When it is answered with what there is.
        let deadline: NIODeadline
        /// Bytes of records that are worth an answer before that.
        let bytesMin: Int
        /// Bytes of records in the answer.
        let bytesMax: Int
        /// Not read again before this: too little was there.
        var readNotBefore: NIODeadline?
        /// The partitions' ends when it was read and too little was there: nothing is gained by reading it again.
        var endsRead: [Int64]?
    }

    case none
    /// All partitions are at their ends, or hold too little.
    case waiting(Job, timer: Scheduled<Void>)
    /// There are records, and the client would get them faster than it takes them.
    case spaced(Job, timer: Scheduled<Void>)
    /// There are records, and too many bytes of others wait to be sent.
    case queued(Job, turn: TurnBudget.Turn, bytes: Int)
    /// A file thread reads.
    case reading(Job)
}
