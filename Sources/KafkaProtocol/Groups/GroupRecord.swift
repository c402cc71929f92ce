/// A record of `_offsets`: what is appended to it, and what is read back at the start.
///
/// The last record of a key is the valid one.
package struct GroupRecord: Equatable, Sendable {
    /// What it is about: ``GroupRecordKey``.
    package var key: [UInt8]
    /// What is so: ``GroupRecordValue``; empty (or null in the log) for what was deleted.
    package var value: [UInt8]

    /// A record of these bytes.
    package init(key: [UInt8], value: [UInt8]) {
        self.key = key
        self.value = value
    }
}

extension GroupRecord {
    init(_ key: GroupRecordKey, _ offset: CommittedOffset) {
        self.init(key: key.bytes, value: offset.bytes)
    }

    init(_ key: GroupRecordKey, _ state: GroupStateRecord) {
        self.init(key: key.bytes, value: state.bytes)
    }

    /// Says that what the key is about is gone.
    init(deleted key: GroupRecordKey) {
        self.init(key: key.bytes, value: [])
    }
}
