package import TelemetryModel

/// One record for the topic `telemetry`.
package struct TelemetryRecord: Equatable, Sendable {
    /// The record's key.
    package var device: IdentityID
    /// A flat JSON object `{"ts":"…","temperature":21.42}`, or an array of them.
    package var value: [UInt8]
    /// The record's headers beside those the gateway stamps.
    package var properties: [IngestProperty]

    /// A record.
    package init(device: IdentityID, value: [UInt8], properties: [IngestProperty]) {
        self.device = device
        self.value = value
        self.properties = properties
    }
}
