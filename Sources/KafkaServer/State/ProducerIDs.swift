import EventLog
import NIOPosix
import Synchronization

/// Hands out producer ids, none of them ever twice: also not after a restart, a `kill -9` or a power cut.
///
/// A block is written down as used before its first id is handed out; what a stop leaves of it is never used.
final class ProducerIDs: Sendable {
    /// Ids written down at once.
    static let blockSize: Int64 = 1_000

    private struct State {
        var next: Int64
        var end: Int64
        var isWriting = false
        var waiting: [@Sendable (Result<Int64, LogFileError>) -> Void] = []
    }

    private let clusterID: String
    private let path: String
    private let threads: NIOThreadPool
    private let state: Mutex<State>

    /// Ids from where `cluster` says.
    init(cluster: ClusterState, directory: String, threads: NIOThreadPool) {
        self.clusterID = cluster.clusterID
        self.path = "\(directory)/\(ClusterState.fileName)"
        self.threads = threads
        self.state = Mutex(State(next: cluster.producerIDNext, end: cluster.producerIDNext))
    }

    /// Calls `answer` once with a fresh id: here, or on a file thread when a block must be written down first.
    func next(then answer: @escaping @Sendable (Result<Int64, LogFileError>) -> Void) {
        let (id, mustWrite) = self.state.withLock { state -> (Int64?, Bool) in
            if state.next < state.end {
                defer { state.next += 1 }
                return (state.next, false)
            }
            state.waiting.append(answer)
            return (nil, !exchange(&state.isWriting, with: true))
        }
        if let id { return answer(.success(id)) }
        guard mustWrite else { return }
        self.threads.submit { _ in self.writeBlock() }
    }

    private func writeBlock() {
        let (start, count) = self.state.withLock { ($0.end, Int64($0.waiting.count)) }
        // As many as wait, too: those that come meanwhile write the next one.
        let end = start + max(ProducerIDs.blockSize, count)
        var cluster = ClusterState(madeAt: 0)
        cluster.clusterID = self.clusterID
        cluster.producerIDNext = end
        var failure: LogFileError?
        do throws(LogFileError) {
            try PosixLogFiles.replaceDurably(path: self.path, with: cluster.encoded)
        } catch {
            failure = error
        }
        let waiting = self.state.withLock { state -> [(@Sendable (Result<Int64, LogFileError>) -> Void, Int64)] in
            state.isWriting = false
            if failure == nil {
                state.next = start
                state.end = end
            }
            return exchange(&state.waiting, with: []).map { answer in
                guard failure == nil, state.next < state.end else { return (answer, -1) }
                defer { state.next += 1 }
                return (answer, state.next)
            }
        }
        for (answer, id) in waiting {
            if let failure {
                answer(.failure(failure))
            } else if id >= 0 {
                answer(.success(id))
            } else {
                self.next(then: answer)
            }
        }
    }
}
