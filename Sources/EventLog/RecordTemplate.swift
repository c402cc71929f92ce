internal import LogFormat
package import TelemetryModel

/// What all records of one connection have in common, encoded once.
package struct RecordTemplate: Sendable {
    /// The partition of the records.
    package let partition: Int
    /// Key length and key, as they stand in a record, and the headers that come first: in one piece, since with many
    /// connections each message reads it from far memory.
    let encoded: [UInt8]
    /// Of ``encoded``, key length and key.
    let keyBytes: Int
    let headerCount: Int
    /// Bytes from the start of the headers to the 24 that the log fills with the enqueue time; `nil` without one.
    let enqueuedTimeDistance: Int?

    /// Records of a device or module: the key is its id; headers are the device's id, the enqueue time, a module's id.
    package init(device identity: IdentityID, partition: Int) {
        var headers = EncodedHeaders()
        headers.append(name: StampedHeaders.deviceID, value: identity.device)
        headers.append(
            name: StampedHeaders.enqueuedTime.utf8,
            value: repeatElement(UInt8(ascii: "0"), count: Timestamp.iso8601Length)
        )
        let enqueuedTimeDistance = headers.bytes.count - Timestamp.iso8601Length
        if let module = identity.module { headers.append(name: StampedHeaders.moduleID, value: module) }
        self.init(
            key: Array(identity.description.utf8),
            partition: partition,
            headers: headers,
            enqueuedTimeDistance: enqueuedTimeDistance
        )
    }

    /// Records with a key, or none, and no headers of the log's own.
    package init(key: [UInt8]?, partition: Int) {
        self.init(key: key, partition: partition, headers: EncodedHeaders(), enqueuedTimeDistance: nil)
    }

    private init(key: [UInt8]?, partition: Int, headers: EncodedHeaders, enqueuedTimeDistance: Int?) {
        self.partition = partition
        var encoded: [UInt8] = []
        Varint.append(key?.count ?? -1, to: &encoded)
        encoded.append(contentsOf: key ?? [])
        self.keyBytes = encoded.count
        self.headerCount = headers.count
        self.encoded = encoded + headers.bytes
        self.enqueuedTimeDistance = enqueuedTimeDistance
    }
}
