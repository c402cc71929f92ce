/// A record to append.
package struct NewRecord: Equatable, Sendable {
    /// What the partition is chosen by; without one the partitions take turns.
    package var key: [UInt8]?
    /// The payload.
    package var value: [UInt8]
    /// The headers, in order.
    package var headers: [RecordHeader]

    /// A record of these parts.
    package init(key: [UInt8]?, value: [UInt8], headers: [RecordHeader] = []) {
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// A header of a record to append.
package struct RecordHeader: Equatable, Sendable {
    /// Its name.
    package var name: String
    /// Its value.
    package var value: [UInt8]

    /// A header of these parts.
    package init(name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }
}

/// Where a record was stored.
package struct RecordLocation: Equatable, Hashable, Sendable {
    /// Its partition.
    package var partition: Int
    /// Its number in the partition.
    package var offset: Int64

    /// A place in a topic.
    package init(partition: Int, offset: Int64) {
        self.partition = partition
        self.offset = offset
    }
}
