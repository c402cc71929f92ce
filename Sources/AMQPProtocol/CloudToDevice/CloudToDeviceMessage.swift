package import TelemetryModel

/// A cloud-to-device message as a service sent it, checked as far as its own text allows.
///
/// Source: contract iothub-rest section 6 and iothub-mqtt section 9.
package struct CloudToDeviceMessage: Equatable, Sendable {
    /// Which outcomes the sender wants to hear of: the application property `iothub-ack`.
    package enum Feedback: String, CaseIterable, Sendable {
        case none
        case positive
        case negative
        case full
    }

    /// One application property; `nil` is AMQP's null.
    package struct Property: Equatable, Sendable {
        /// As the sender wrote it.
        package var name: String
        /// Any AMQP type, as text.
        package var value: String?

        /// A property.
        package init(_ name: String, _ value: String?) {
            self.name = name
            self.value = value
        }
    }

    /// Bytes of the largest body.
    package static let bodyBytesMax = 64 << 10
    /// Bytes of ids, content type, content encoding and all application properties together, names included: in the
    /// topic that carries them every byte may take three, and an MQTT topic holds 65,535.
    package static let propertyBytesMax = 16 << 10

    /// The device, a valid id: from `to`, percent-decoded once.
    package var deviceID: String
    /// The device's id as it stands in `to`, when that is another valid id: the Python client does not encode ids, so
    /// this is meant when there is no device ``deviceID``.
    package var deviceIDWritten: String?
    /// Any type of AMQP's, as text.
    package var messageID: String?
    /// As ``messageID``.
    package var correlationID: String?
    /// Such as `application/json`.
    package var contentType: String?
    /// Such as `utf-8`.
    package var contentEncoding: String?
    /// When the message is worth nothing any more; `nil`: the hub's default.
    package var expiry: Timestamp?
    /// Which outcomes the sender wants to hear of; ``Feedback/none`` when it did not say.
    package var feedback = Feedback.none
    /// In the sender's order, without `iothub-ack`.
    package var properties: [Property] = []
    /// At most ``bodyBytesMax``.
    package var body: [UInt8] = []

    /// A message to a device, and nothing else in it.
    package init(deviceID: String) {
        self.deviceID = deviceID
    }
}
