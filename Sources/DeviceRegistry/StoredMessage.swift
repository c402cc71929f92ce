package import HubProtocol
package import TelemetryModel

/// A cloud-to-device message in its device's queue.
///
/// Source: contract iothub-rest section 6; iothub-mqtt section 9.
package struct StoredMessage: Equatable, Sendable {
    package typealias Acknowledgement = CloudToDeviceMessage.Acknowledgement
    package typealias Property = CloudToDeviceMessage.Property

    /// Grows with each message and is never used again; given by the store.
    package internal(set) var number: Int64
    /// The device whose queue it is in; no module.
    package var device: IdentityID
    /// The sender's name for it.
    package var messageID: String?
    /// What it answers, in the sender's words.
    package var correlationID: String?
    /// For whom it was sent, in the sender's words.
    package var userID: String?
    /// Such as `application/json`.
    package var contentType: String?
    /// Such as `utf-8`.
    package var contentEncoding: String?
    /// Which outcomes the sender wants to hear of.
    package var acknowledgement: Acknowledgement
    /// In the sender's order.
    package var properties: [Property]
    /// At most 64 KiB: the caller has looked.
    package var payload: [UInt8]
    /// Who sent it: `policy:service`.
    package var author: String
    /// When it came.
    package var enqueuedAt: Timestamp
    /// When it is worth nothing any more.
    package var expiresAt: Timestamp
    /// How often the device gave it back.
    package internal(set) var deliveryCount: Int

    /// A message that is to be put into a queue.
    package init(
        to device: IdentityID,
        payload: [UInt8],
        author: String,
        enqueuedAt: Timestamp,
        expiresAt: Timestamp,
        acknowledgement: Acknowledgement = .none
    ) {
        self.number = 0
        self.device = device
        self.acknowledgement = acknowledgement
        self.properties = []
        self.payload = payload
        self.author = author
        self.enqueuedAt = enqueuedAt
        self.expiresAt = expiresAt
        self.deliveryCount = 0
    }
}
