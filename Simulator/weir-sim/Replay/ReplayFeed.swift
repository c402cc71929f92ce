import DequeModule
import FleetModel
import NIOCore

/// One recording as a device's messages: rows wait in a short queue until they are due.
///
/// Confined to its event loop; the file is read elsewhere, a batch ahead. Memory: two batches of rows.
final class ReplayFeed: DeviceFeed {
    var onLoaded: (() -> Void)?

    private let device: String
    private let loader: RecordingLoader
    private let progress: ReplayProgress
    private let index: Int
    private let ackLog: AckLog?
    private let loop: any EventLoop
    private var pace: ReplayPace
    private var queue = Deque<RecordedReading>()
    /// When the first row of the queue is due, once asked.
    private var firstDue: Duration?
    private var isLoading = false
    private var isRead = false

    /// - Parameters:
    ///   - device: the device's id.
    ///   - loader: prepared.
    ///   - index: of the recording in `progress`.
    ///   - pace: of this recording.
    ///   - progress: told what was read.
    ///   - ackLog: told what was stored.
    ///   - loop: the device's.
    init(
        device: String,
        loader: RecordingLoader,
        index: Int,
        pace: ReplayPace,
        progress: ReplayProgress,
        ackLog: AckLog?,
        loop: any EventLoop
    ) {
        self.device = device
        self.loader = loader
        self.index = index
        self.pace = pace
        self.progress = progress
        self.ackLog = ackLog
        self.loop = loop
    }

    func next(at elapsed: Duration) -> FeedStep {
        if !self.isRead, !self.isLoading, self.queue.count < RecordingLoader.batchRowsMax / 2 { self.load() }
        guard let first = self.queue.first else { return self.isRead ? .finished : .loading }
        let due = self.firstDue ?? self.pace.due(of: first.time)
        guard due <= elapsed else {
            self.firstDue = due
            return .due(due)
        }
        self.queue.removeFirst()
        self.firstDue = nil
        return .message(OutgoingMessage(number: first.number, payload: ByteBuffer(bytes: first.body)))
    }

    func stored(_ numbers: [Int]) {
        self.ackLog?.append(device: self.device, rows: numbers)
    }

    private func load() {
        self.isLoading = true
        let feed = NIOLoopBound(self, eventLoop: self.loop)
        let loader = self.loader
        let loop = self.loop
        Task {
            let batch = await loader.next()
            loop.execute { feed.value.loaded(batch) }
        }
    }

    private func loaded(_ batch: RecordingBatch) {
        self.isLoading = false
        self.isRead = batch.end != nil
        self.queue.append(contentsOf: batch.readings)
        self.progress.read(batch, of: self.index)
        self.onLoaded?()
    }
}
