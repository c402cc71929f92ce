import SwiftProtobuf
package import TelemetryModel

/// A command that asks a Sparkplug edge node for its birth certificates, to publish with QoS 0 and RETAIN 0.
/// [tck-id-payloads-ncmd-qos] [tck-id-payloads-ncmd-retain]
package struct RebirthRequest: Equatable, Sendable {
    /// `spBv1.0/{group}/NCMD/{node}`.
    package var topic: String
    package var payload: [UInt8]

    /// The command to a node: the metric `Node Control/Rebirth` = true, with a time and without a sequence number.
    /// [tck-id-operational-behavior-data-commands-rebirth-name] [tck-id-payloads-ncmd-timestamp] [tck-id-payloads-ncmd-seq]
    package init(group: String, node: String, at now: Timestamp) {
        let milliseconds = UInt64(clamping: now.milliseconds)
        var metric = SparkplugPayload.Metric()
        metric.name = "Node Control/Rebirth"
        metric.timestamp = milliseconds
        metric.datatype = SparkplugDataType.boolean.rawValue
        metric.booleanValue = true
        var payload = SparkplugPayload()
        payload.timestamp = milliseconds
        payload.metrics = [metric]
        self.topic = "spBv1.0/\(group)/NCMD/\(node)"
        // The schema has no required field, which is all that encoding could miss.
        self.payload = (try? payload.serializedBytes()) ?? []
    }
}
