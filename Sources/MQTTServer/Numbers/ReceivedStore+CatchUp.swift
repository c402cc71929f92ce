package import EventLog
import Glibc
import LogFormat
import Logging
import NIOCore
import ReadingNumbers
import TelemetryModel

extension ReceivedStore {
    /// What ``catchUp()`` came to.
    package struct CaughtUp: Equatable, Sendable {
        /// All of the log that is before it is in ``numbers``.
        package var covered: LogPosition
        /// Whether that is all there was; otherwise ``stopReading()`` was called, no device goes on, and what comes behind
        /// ``covered`` is in ``numbers`` in part.
        package var isComplete: Bool
    }

    /// Takes in the snapshot and what the log has behind it, then lets devices with numbers go on.
    ///
    /// A part of the log that cannot be read is passed over: repeats of what it holds are stored again.
    package func catchUp() -> CaughtUp {
        let end = self.topic.end
        self.readFile()
        var position = self.covered ?? self.earliest
        while position < end {
            if self.mustStop { return CaughtUp(covered: position, isComplete: false) }
            do throws(EventLogError) {
                let result = try self.topic.read(from: position, maxBytes: ReceivedStore.readBytes)
                for batch in result.batches { self.take(batch) }
                guard position < result.next else { break }
                position = result.next
            } catch {
                // Removed by retention, or damaged.
                let next = max(self.earliest, LogPosition(segment: position.segment + 1, byte: 0))
                if case .positionOutOfRange = error, position < self.earliest {
                    position = self.earliest
                } else {
                    self.logger.error(
                        "numbers of readings are not known: a part of the log cannot be read",
                        metadata: ["from": "\(position)", "to": "\(next)", "reason": "\(error)"]
                    )
                    position = next
                }
            }
        }
        self.numbers.closeDeletions(at: end)
        self.numbers.becomeReady()
        return CaughtUp(covered: end, isComplete: true)
    }

    private var earliest: LogPosition {
        (try? self.topic.position(at: .earliest)) ?? LogPosition(segment: 0, byte: 0)
    }

    /// Looks at the records of a batch only when one of them can have numbers.
    private func take(_ batch: StoredBatch) {
        guard ReceivedStore.mentionsNumbers(batch.bytes) else { return }
        // Fails for a batch that a Kafka client compressed: no device's.
        guard var reader = try? batch.makeReader() else { return }
        while let record = try? reader.next() {
            guard let key = record.key, let numbers = ReceivedStore.numbers(of: record) else { continue }
            let minute = Timestamp(milliseconds: record.timestampMilliseconds).minute
            self.numbers.record(numbers, of: String(buffer: key), atMinute: minute, readAt: batch.position)
        }
    }

    private static func mentionsNumbers(_ bytes: ByteBuffer) -> Bool {
        let name = Array(MessageNumbers.namePrefix.utf8)
        return bytes.withUnsafeReadableBytes { raw in
            guard let base = raw.baseAddress else { return false }
            var start = 0
            while start + name.count <= raw.count,
                let found = memchr(base + start, Int32(name[0]), raw.count - name.count - start + 1)
            {
                if memcmp(found, name, name.count) == 0 { return true }
                start = UnsafeRawPointer(found) - base + 1
            }
            return false
        }
    }

    /// The numbers of a device's record; the gateway's own stamp stands before all that a device can set.
    private static func numbers(of record: LogRecord) -> MessageNumbers? {
        var headers = record.headers.makeIterator()
        guard headers.next()?.name == StampedHeaders.deviceID else { return nil }
        var reader = MessageNumbersReader()
        while let header = headers.next() {
            reader.note(name: header.name, value: header.value.map { String(buffer: $0) } ?? "")
        }
        return reader.numbers
    }
}
