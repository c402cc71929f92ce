internal import LogFormat
package import NIOCore

/// The way in for a connection's records: stage what one read brought, then submit it all under one lock.
///
/// Confined to one event loop (not `Sendable`); neither call waits for the disk. Notices come on the topic's writer
/// thread, in ticket order, after the fdatasync that covers them.
package final class LogAppender {
    private let topic: LogTopic
    private let registration: AppenderRegistration
    private let staging = RecordStaging()
    private var oversizedBytes: Int?

    init(topic: LogTopic, registration: AppenderRegistration) {
        self.topic = topic
        self.registration = registration
    }

    /// Records staged and not submitted.
    package var stagedCount: Int { self.staging.records.count }

    /// Bytes staged and not submitted.
    package var stagedBytes: Int { self.staging.bytesUsed }

    /// Offset of the first record of the last accepted submit; the others follow it without a gap. Topics of one
    /// partition only.
    package var firstOffset: Int64 {
        precondition(self.topic.partitionCount == 1, "in a topic of several partitions each has its own offsets")
        return self.registration.firstOffset
    }

    /// Encodes a record behind the ones staged before. A record over 16 MiB makes the next submit fail as a whole.
    ///
    /// - Parameters:
    ///   - template: The connection's key, partition and first headers.
    ///   - value: The payload; its readable bytes are copied.
    ///   - properties: The message's own headers, which follow the template's.
    package func stage(_ template: RecordTemplate, value: ByteBuffer, properties: EncodedHeaders = EncodedHeaders()) {
        precondition(template.partition < self.topic.partitionCount, "the template was made for another topic")
        let bytes = value.withUnsafeReadableBytes { raw in
            self.staging.stage(template, value: raw, properties: properties)
        }
        if bytes > StoredFrame.recordBytesMax { self.oversizedBytes = bytes }
    }

    /// Hands all staged records to the topic's next commit cycle.
    ///
    /// Accepted with nothing staged, it returns the last ticket and no further notice follows.
    package func submit() -> SubmitResult {
        if let bytes = self.oversizedBytes {
            self.discard()
            return .refused(.recordTooLarge(bytes: bytes, limit: StoredFrame.recordBytesMax))
        }
        let result = self.topic.submit(self.staging, from: self.registration)
        if result != .refused(.backedUp) { self.discard() }
        return result
    }

    /// Drops what is staged, when its connection goes before a submit.
    package func discard() {
        self.staging.removeAll()
        self.oversizedBytes = nil
    }
}
