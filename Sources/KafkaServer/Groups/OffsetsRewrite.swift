import EventLog
import KafkaProtocol
import Logging
import NIOCore
import NIOPosix

/// Keeps `_offsets` short: what is still so is appended again, then the segments before that are removed.
///
/// A crash at any moment leaves either the old records, or both, of which the later count. Confined to the groups' loop.
final class OffsetsRewrite {
    /// Bytes appended in one turn of the loop.
    private static let turnBytes = 256 << 10
    /// How long it is left alone after a look, and after a failure.
    private static let pause = TimeAmount.seconds(1)
    private static let failurePause = TimeAmount.seconds(60)

    private let segmentsMax: Int
    private let eventLoop: any EventLoop
    private let files: NIOThreadPool
    private let logger: Logger
    private var isRunning = false
    private var nextLook = NIODeadline.uptimeNanoseconds(0)

    init(segmentsMax: Int, eventLoop: any EventLoop, files: NIOThreadPool, logger: Logger) {
        self.segmentsMax = segmentsMax
        self.eventLoop = eventLoop
        self.files = files
        self.logger = logger
    }

    /// Begins when there are too many segments.
    ///
    /// - Parameters:
    ///   - offsets: the topic.
    ///   - groups: the groups there are.
    ///   - records: all that is so of one, also what is not synced yet.
    func runIfLong(
        _ offsets: OffsetsTopic,
        groups: @escaping () -> [String],
        records: @escaping (String) -> [GroupRecord]
    ) {
        guard !self.isRunning, self.nextLook <= .now() else { return }
        self.nextLook = .now() + OffsetsRewrite.pause
        guard offsets.topic.segmentSummaries.count > self.segmentsMax else { return }
        self.isRunning = true
        // Everything that is appended from now on lies in this segment or behind it.
        let first = offsets.topic.end.segment
        self.append(groups()[...], to: offsets, before: first, records: records)
    }

    private func append(
        _ groups: ArraySlice<String>,
        to offsets: OffsetsTopic,
        before first: UInt64,
        records: @escaping (String) -> [GroupRecord]
    ) {
        var groups = groups
        var batch: [GroupRecord] = []
        var bytes = 0
        while bytes < OffsetsRewrite.turnBytes, let group = groups.popFirst() {
            let live = records(group)
            bytes += live.reduce(0) { $0 + $1.key.count + $1.value.count }
            batch += live
        }
        offsets.append(batch) { isDurable in
            guard isDurable else { return self.end(isDone: false) }
            if groups.isEmpty {
                self.remove(before: first, of: offsets.topic)
            } else {
                self.append(groups, to: offsets, before: first, records: records)
            }
        }
    }

    private func remove(before first: UInt64, of topic: LogTopic) {
        let bound = NIOLoopBound(self, eventLoop: self.eventLoop)
        let logger = self.logger
        self.files.submit { [eventLoop = self.eventLoop] _ in
            var isDone = true
            do throws(EventLogError) {
                try topic.removeSegments(before: first)
            } catch {
                isDone = false
                logger.warning("old offsets of groups are not removed", metadata: ["error": "\(error)"])
            }
            eventLoop.execute { [isDone] in bound.value.end(isDone: isDone) }
        }
    }

    private func end(isDone: Bool) {
        self.isRunning = false
        self.nextLook = .now() + (isDone ? OffsetsRewrite.pause : OffsetsRewrite.failurePause)
    }
}
