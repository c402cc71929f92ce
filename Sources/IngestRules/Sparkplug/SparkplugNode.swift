import TelemetryModel

/// What the gateway knows of one edge node since its birth.
struct SparkplugNode: Sendable {
    /// One metric as its birth certificate defined it.
    struct Metric: Equatable, Sendable {
        /// `nil` when the name is too long to be a value's.
        var name: String?
        var type: UInt32
    }

    /// The metrics of the node itself or of one device.
    struct Certificate: Sendable {
        var byAlias: [UInt64: Metric] = [:]
        var byName: [String: Metric] = [:]
        /// Metrics in it.
        var count = 0
    }

    /// The node's own; `nil` before its birth and after its death.
    var certificate: Certificate?
    /// The number that ties a death to a birth. [tck-id-payloads-nbirth-bdseq]
    var bdSeq: UInt64?
    /// The sequence number of the next message; `nil` when any is right.
    var sequenceNext: UInt8?
    var devices: [String: Certificate] = [:]
    /// When it was last asked for its birth.
    var askedAt: Timestamp?

    /// Metrics of the node and its devices.
    var metricCount: Int {
        self.devices.values.reduce(self.certificate?.count ?? 0) { $0 + $1.count }
    }
}
