import Synchronization

/// How far the recordings of a replay were read, and what was wrong in them.
final class ReplayProgress: Sendable {
    /// One recording's part.
    struct Recording: Sendable, Equatable {
        let path: String
        /// Bytes of the file read so far.
        var bytesRead = 0
        /// Readings given to the device so far.
        var rows = 0
        var malformed = MalformedRows()
        /// Whether the file was read to its end, or as far as it can be read.
        var isRead = false
        /// Why the file could not be read to its end.
        var failure: String?
    }

    private let recordings: Mutex<[Recording]>

    init(paths: [String]) {
        self.recordings = Mutex(paths.map { Recording(path: $0) })
    }

    /// Every recording, in the order of the command line.
    var snapshot: [Recording] { self.recordings.withLock { $0 } }

    /// A batch was read.
    func read(_ batch: RecordingBatch, of index: Int) {
        self.recordings.withLock { recordings in
            recordings[index].bytesRead = batch.bytesRead
            recordings[index].rows += batch.readings.count
            recordings[index].malformed.add(batch.malformed)
            recordings[index].isRead = batch.end != nil
            if case .failed(let reason) = batch.end { recordings[index].failure = reason }
        }
    }
}
