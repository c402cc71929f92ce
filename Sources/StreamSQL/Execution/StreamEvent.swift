package import TelemetryModel

/// One record of a topic, as the executor takes it; the memory it points to must stay during the call.
package struct StreamEvent {
    /// The topic's place in ``QueryPlan/topics``.
    package var topic: Int
    package var partition: Int32
    package var offset: Int64
    /// When it came into the log.
    package var enqueued: Timestamp
    /// The record's key: the device id.
    package var device: UnsafeBufferPointer<UInt8>
    /// The record's value.
    package var payload: UnsafeBufferPointer<UInt8>
    /// `weir-historical`: backlog, which may be older than anything.
    package var isHistorical: Bool
    /// Only when the query reads headers, see ``StreamQuery/readsHeaders``.
    package var headers: [StreamHeader]

    package init(
        topic: Int = 0,
        partition: Int32,
        offset: Int64,
        enqueued: Timestamp,
        device: UnsafeBufferPointer<UInt8>,
        payload: UnsafeBufferPointer<UInt8>,
        isHistorical: Bool = false,
        headers: [StreamHeader] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.enqueued = enqueued
        self.device = device
        self.payload = payload
        self.isHistorical = isHistorical
        self.headers = headers
    }
}
