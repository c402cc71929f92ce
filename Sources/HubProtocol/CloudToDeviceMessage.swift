package import TelemetryModel

/// A message to a device, as an operator's program sends it.
///
/// Source: contract iothub-rest section 6.
package struct CloudToDeviceMessage: Equatable, Sendable {
    /// Which outcomes the sender wants to hear of: `iothub-ack`.
    package enum Acknowledgement: String, CaseIterable, Sendable {
        case none
        /// When the device has it.
        case positive
        /// When it expired or was removed.
        case negative
        /// Both.
        case full
    }

    /// An application property; without a value it is its name alone.
    package struct Property: Equatable, Sendable {
        package var name: String
        package var value: String?

        /// A property.
        package init(_ name: String, _ value: String?) {
            self.name = name
            self.value = value
        }
    }

    /// Bytes of the largest payload.
    package static let payloadBytesMax = 64 << 10
    /// Bytes of ids, content type, content encoding and all application properties together, names included: in the
    /// topic that carries them every byte may take three, and an MQTT topic holds 65,535.
    package static let propertyBytesMax = 16 << 10

    /// The device's id.
    package var device: String
    package var messageID: String?
    package var correlationID: String?
    package var userID: String?
    /// Such as `application/json`.
    package var contentType: String?
    /// Such as `utf-8`.
    package var contentEncoding: String?
    /// When it is worth nothing any more; `nil`: after the hub's default life.
    package var expiresAt: Timestamp?
    package var acknowledgement: Acknowledgement
    /// The application properties, in order.
    package var properties: [Property]
    /// At most ``payloadBytesMax``; any bytes.
    package var payload: [UInt8]

    /// A message with nothing but its payload.
    package init(to device: String, payload: [UInt8]) {
        self.device = device
        self.acknowledgement = .none
        self.properties = []
        self.payload = payload
    }

    /// Bytes that count for ``propertyBytesMax``.
    package var propertyBytes: Int {
        let texts = [self.messageID, self.correlationID, self.userID, self.contentType, self.contentEncoding]
        return self.properties.reduce(texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) }) { sum, property in
            sum + property.name.utf8.count + (property.value?.utf8.count ?? 0)
        }
    }
}
