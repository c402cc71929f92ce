internal import DeviceRegistry
internal import EventLog
internal import HubProtocol
internal import LogFormat
internal import NIOCore
internal import TelemetryModel
internal import TwinModel

/// Leads a twin back through the records of topic `twin-changes`. Blocks on the disk.
final class TwinHistory: Sendable {
    /// Changes that one twin is led back through at most.
    static let changesMax = 100_000
    private static let readBytes = 1 << 20

    private let topic: LogTopic

    init(topic: LogTopic) {
        self.topic = topic
    }

    /// The twin as it was at a time. All its changes must be in the log.
    func rewind(_ stored: StoredTwin, to time: Timestamp) -> Result<StoredTwin, HubError> {
        let (id, created) = (stored.identity.id, stored.identity.createdTime)
        guard time >= created else {
            return .failure(HubError(.resourceNotFound, "\(id) was made at \(created), after \(time)"))
        }
        do {
            let found = try self.changes(of: id, from: time, since: created)
            var changes = found.changes
            // What was written since the twin was read.
            while let last = changes.last, last.after.twin > stored.twin.version { changes.removeLast() }
            var past = stored
            try past.twin.rewind(to: time, through: changes.reversed())
            guard found.isWhole || past.twin.version == Twin.versionAtStart else {
                return .failure(HubError(.resourceNotFound, "the log of twin changes does not reach back to \(time)"))
            }
            return .success(past)
        } catch let error as HubError {
            return .failure(error)
        } catch {
            return .failure(HubError(.serverError, "the twin's history cannot be read: \(error)"))
        }
    }

    /// The changes of an identity since a time, in order, and whether none of them has been removed from the log.
    private func changes(
        of id: IdentityID,
        from time: Timestamp,
        since created: Timestamp
    ) throws -> (changes: [TwinChange], isWhole: Bool) {
        let key = Array(id.description.utf8)
        let partition = self.topic.partition(forKey: key)
        // A record is never stamped before its change.
        guard var offset = try self.topic.offset(ofTime: time, partition: partition)?.offset else { return ([], true) }
        let isWhole = offset > self.topic.startOffsets[partition] || offset == 0
        var changes = [TwinChange]()
        while true {
            let read = try self.topic.readPartition(
                partition,
                from: offset,
                maxBytes: TwinHistory.readBytes,
                isFirstWhole: true
            )
            var batches = RecordBatches(read.batches)
            while let records = try batches.next() {
                for record in records where record.key.map({ $0.readableBytesView.elementsEqual(key) }) == true {
                    let change = try TwinRecord(parsing: record.value.readableBytesView).change
                    // Those of an earlier identity of this name are not its own.
                    if change.at >= created { changes.append(change) }
                }
            }
            guard changes.count <= TwinHistory.changesMax else {
                let limit = TwinHistory.changesMax
                throw HubError(.argumentInvalid, "the twin has changed more than \(limit) times since \(time)")
            }
            guard read.nextOffset > offset, read.nextOffset < read.endOffset else { return (changes, isWhole) }
            offset = read.nextOffset
        }
    }
}
